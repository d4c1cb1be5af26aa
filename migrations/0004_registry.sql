-- Models, their versions and artifacts. Whoever serves a model listens on the channel churn_registry.
CREATE TABLE artifact (
  sha256      text PRIMARY KEY,
  media_type  text NOT NULL,
  bytes       bytea NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE model (
  project_id  text NOT NULL REFERENCES project,
  name        text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, name)
);

CREATE TABLE training_run (
  run_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id  text NOT NULL REFERENCES project,
  model       text NOT NULL,
  state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'running', 'succeeded', 'failed')),
  request     jsonb NOT NULL,
  step        text,                                 -- what it is doing, for people
  done        bigint NOT NULL DEFAULT 0,
  total       bigint,
  result      jsonb,
  error       jsonb,                                -- problem+json
  attempt     integer NOT NULL DEFAULT 0,           -- also the fencing token
  lease_until timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  started_at  timestamptz,
  finished_at timestamptz
);
CREATE INDEX training_run_open ON training_run (created_at) WHERE state IN ('pending', 'running');
CREATE INDEX training_run_project ON training_run (project_id, created_at);

CREATE TABLE model_version (
  project_id    text NOT NULL,
  model         text NOT NULL,
  version       integer NOT NULL CHECK (version > 0),
  stage         text NOT NULL DEFAULT 'None' CHECK (stage IN ('None', 'Staging', 'Production', 'Archived')),
  manifest      jsonb NOT NULL,
  onnx_sha256   text NOT NULL REFERENCES artifact,
  reference_sha256 text REFERENCES artifact,        -- raw reference columns for drift
  training_run_id uuid REFERENCES training_run,
  created_at    timestamptz NOT NULL DEFAULT now(),
  created_by    text NOT NULL,
  stage_changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, model, version),
  FOREIGN KEY (project_id, model) REFERENCES model
);
-- One champion a model, whatever the code does.
CREATE UNIQUE INDEX model_version_one_production ON model_version (project_id, model) WHERE stage = 'Production';

CREATE TABLE stage_transition (
  transition_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id  text NOT NULL,
  model       text NOT NULL,
  version     integer NOT NULL,
  from_stage  text NOT NULL,
  to_stage    text NOT NULL,
  actor       text NOT NULL,
  reason      text NOT NULL,
  at          timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (project_id, model, version) REFERENCES model_version
);
CREATE INDEX stage_transition_model ON stage_transition (project_id, model, version);

CREATE FUNCTION notify_registry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('churn_registry', json_build_object('project_id', NEW.project_id, 'model', NEW.model)::text);
  RETURN NULL;
END $$;
CREATE TRIGGER model_version_notify AFTER INSERT OR UPDATE OF stage ON model_version FOR EACH ROW EXECUTE FUNCTION notify_registry();
