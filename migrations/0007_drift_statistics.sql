-- A column's statistics by name, so that another one needs no change here.
ALTER TABLE drift_result ADD COLUMN statistics jsonb NOT NULL DEFAULT '{}';

UPDATE drift_result SET statistics =
  jsonb_strip_nulls(jsonb_build_object('psi', psi, 'ks_statistic', ks_statistic, 'ks_p_value', ks_p_value));

ALTER TABLE drift_result DROP COLUMN psi, DROP COLUMN ks_statistic, DROP COLUMN ks_p_value;
