-- Whether every source that the model reads was a finished data set, whose customers drift with time alone. Null until a check has succeeded.
ALTER TABLE drift_run ADD COLUMN static boolean;

-- A check that was repeated and failed kept what the attempt before had found.
DELETE FROM drift_result WHERE drift_run_id IN (SELECT drift_run_id FROM drift_run WHERE state <> 'succeeded');
UPDATE drift_run SET reference_rows = NULL, current_rows = NULL, drifted = NULL, report_html = NULL WHERE state <> 'succeeded';
