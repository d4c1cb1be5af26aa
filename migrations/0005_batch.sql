-- The nightly batch: runs, their chunk ledger (the truth; queues may lose everything), predictions and the CRM's table.
CREATE TABLE batch_run (
  run_id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id    text NOT NULL REFERENCES project,
  trigger       text NOT NULL CHECK (trigger IN ('manual', 'schedule', 'bootstrap')),
  state         text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'snapshotting', 'scoring', 'finishing', 'succeeded', 'failed')),
  prediction_date date NOT NULL,
  as_of_us      bigint NOT NULL,                    -- features are as of this instant
  position      bigint,                             -- events known to the run: up to this position
  model         text,                               -- frozen with the run
  model_version integer,
  definitions_hash text,
  dataset_version text,
  snapshot_path text,                               -- relative to LAKE_URL
  customers     bigint,
  high_risk     bigint,
  attached_at   timestamptz,                        -- predictions are visible since
  exported_at   timestamptz,                        -- null in a run that succeeded: a newer run's export stands
  step          text,                               -- what it is doing, for people
  error         jsonb,                              -- problem+json
  failed_in     text,                               -- the state it failed in: where a resumed run goes on
  token         bigint NOT NULL DEFAULT 0,          -- fences the coordinator
  lease_until   timestamptz,
  attempts      integer NOT NULL DEFAULT 0,         -- failures in a row; progress sets it back
  next_turn_at  timestamptz NOT NULL DEFAULT now(), -- no coordinator looks at it before
  cleaned_at    timestamptz,                        -- its snapshot, and what a failed run left, are removed
  created_at    timestamptz NOT NULL DEFAULT now(),
  started_at    timestamptz,
  finished_at   timestamptz
);
CREATE INDEX batch_run_open ON batch_run (next_turn_at) WHERE state NOT IN ('succeeded', 'failed');
CREATE INDEX batch_run_project ON batch_run (project_id, created_at);
CREATE INDEX batch_run_uncleaned ON batch_run (finished_at) WHERE cleaned_at IS NULL;
CREATE UNIQUE INDEX batch_run_one_open ON batch_run (project_id) WHERE state NOT IN ('succeeded', 'failed');
-- One scheduled run a project and day, however many processes fire the schedule.
CREATE UNIQUE INDEX batch_run_one_scheduled ON batch_run (project_id, prediction_date) WHERE trigger = 'schedule';

CREATE TABLE batch_chunk (
  run_id      uuid NOT NULL REFERENCES batch_run ON DELETE CASCADE,
  project_id  text NOT NULL REFERENCES project,
  chunk_id    integer NOT NULL,
  row_from    bigint NOT NULL,                      -- rows of the snapshot, half-open
  row_to      bigint NOT NULL,
  state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'running', 'done')),
  token       bigint NOT NULL DEFAULT 0,            -- one more with each claim: fences a worker that lost its lease
  worker      text,
  lease_until timestamptz,
  not_before  timestamptz,                          -- wait so long after a failure
  enqueued_at timestamptz,
  rows_out    bigint,
  high_risk   bigint,
  duration_ms double precision,
  attempts    integer NOT NULL DEFAULT 0,
  last_error  text,
  done_at     timestamptz,
  PRIMARY KEY (run_id, chunk_id)
);
CREATE INDEX batch_chunk_open ON batch_chunk (run_id, chunk_id) WHERE state <> 'done';

-- A day (churn_predictions_YYYYMMDD, by list of project_id), then a project: a run loads a detached table of its own
-- (churn_predictions_r_<run_id>) and attaches it, so that a project's day appears whole or not at all. No DEFAULT partition: attaching
-- would have to scan it.
CREATE TABLE churn_predictions (
  project_id        text NOT NULL,
  prediction_date   date NOT NULL,
  customer_id       text NOT NULL,
  churn_probability real NOT NULL,
  churn_risk        text NOT NULL,
  eligible          boolean NOT NULL,
  model             text NOT NULL,
  model_version     integer NOT NULL,
  run_id            uuid NOT NULL,
  scored_at         timestamptz NOT NULL,
  PRIMARY KEY (project_id, prediction_date, customer_id)
) PARTITION BY RANGE (prediction_date);
