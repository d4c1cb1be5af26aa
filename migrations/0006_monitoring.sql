-- Drift of every feature and of the score, one run a batch run.
CREATE TABLE drift_run (
  drift_run_id  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id    text NOT NULL REFERENCES project,
  batch_run_id  uuid NOT NULL UNIQUE REFERENCES batch_run ON DELETE CASCADE,
  model         text NOT NULL,
  model_version integer NOT NULL,
  state         text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'succeeded', 'failed')),
  attempts      integer NOT NULL DEFAULT 1,
  lease_until   timestamptz,
  reference_rows bigint,
  current_rows  bigint,
  drifted       integer,
  report_html   text,
  error         jsonb,
  created_at    timestamptz NOT NULL DEFAULT now(),
  finished_at   timestamptz
);
CREATE INDEX drift_run_project ON drift_run (project_id, created_at);

CREATE TABLE drift_result (
  drift_run_id  uuid NOT NULL REFERENCES drift_run ON DELETE CASCADE,
  project_id    text NOT NULL REFERENCES project,
  column_name   text NOT NULL,                      -- view@version:feature, or 'churn_probability'
  psi           double precision,
  ks_statistic  double precision,
  ks_p_value    double precision,
  reference_null_rate double precision NOT NULL,
  current_null_rate   double precision NOT NULL,
  status        text NOT NULL CHECK (status IN ('stable', 'moderate', 'drifted', 'not-comparable')),
  detail        jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (drift_run_id, column_name)
);
