-- Applied definitions: what `churn apply` compiled, by version and content hash. Services run these, never a user's code.
CREATE TABLE definition_set (
  project_id  text NOT NULL REFERENCES project,
  version     integer NOT NULL CHECK (version > 0),
  hash        text NOT NULL,                       -- SHA-256 (hex) of the canonical JSON of ir
  ir          jsonb NOT NULL,
  applied_at  timestamptz NOT NULL DEFAULT now(),
  applied_by  text NOT NULL,
  PRIMARY KEY (project_id, version),
  UNIQUE (project_id, hash, version)
);
CREATE INDEX definition_set_hash ON definition_set (project_id, hash);
