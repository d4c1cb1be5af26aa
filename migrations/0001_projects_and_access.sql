-- Projects, who may use them, and what was done by whom. Every later table carries project_id.
CREATE TABLE project (
  project_id  text PRIMARY KEY CHECK (project_id ~ '^[a-z][a-z0-9-]{0,62}$'),
  created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_key (
  key_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id  text NOT NULL REFERENCES project,
  name        text NOT NULL,
  key_hash    bytea NOT NULL UNIQUE,               -- SHA-256 of the secret; a key has 256 random bits, so no salt or stretching
  role        text NOT NULL CHECK (role IN ('viewer', 'caller', 'data-scientist', 'ml-engineer', 'admin')),
  created_at  timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  revoked_at  timestamptz
);
CREATE INDEX api_key_project ON api_key (project_id);

CREATE TABLE audit_log (
  audit_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id  text NOT NULL REFERENCES project,
  at          timestamptz NOT NULL DEFAULT now(),
  actor       text NOT NULL,                       -- 'key:<name>' or 'embedded'
  action      text NOT NULL,                       -- 'model.promote', 'definitions.apply', ...
  subject     text NOT NULL,
  detail      jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_project_at ON audit_log (project_id, at);
