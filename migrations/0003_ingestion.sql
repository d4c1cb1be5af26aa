-- The inbox, its clock of knowledge (the position), the identity of events, and the lake's list of segments.
--
-- A plain sequence is not commit order: a reader that remembers the highest number loses late commits. Whoever takes a position
-- therefore holds one advisory lock until it commits, so that positions become visible in order. Gaps mean nothing.
CREATE SEQUENCE event_position AS bigint;

CREATE FUNCTION lock_event_position() RETURNS void LANGUAGE sql AS
$$ SELECT pg_advisory_xact_lock(hashtextextended('event_position', 0)) $$;

-- Takes p_count positions in a row and returns the first. For imports of files, whose rows go straight to segments.
CREATE FUNCTION reserve_event_positions(p_count bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_first bigint;
BEGIN
  IF p_count < 1 THEN RAISE EXCEPTION 'reserve_event_positions: count must be positive, got %', p_count; END IF;
  PERFORM lock_event_position();
  v_first := nextval('event_position');
  PERFORM setval('event_position', v_first + p_count - 1);
  RETURN v_first;
END $$;

-- The highest position that every reader may rely on: all positions up to it are committed or will never be used.
CREATE FUNCTION current_event_position() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_event_position();
  RETURN (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM event_position);
END $$;

-- Uniqueness of (source, event_id). Hash-partitioned by its own key, since a unique key on a table partitioned by time cannot be global.
CREATE TABLE event_identity (
  project_id   text NOT NULL,
  source       text NOT NULL,
  event_id     text NOT NULL,
  content_hash bytea NOT NULL,
  position     bigint NOT NULL,
  PRIMARY KEY (project_id, source, event_id)
) PARTITION BY HASH (project_id, source, event_id);
CREATE TABLE event_identity_p0 PARTITION OF event_identity FOR VALUES WITH (MODULUS 8, REMAINDER 0);
CREATE TABLE event_identity_p1 PARTITION OF event_identity FOR VALUES WITH (MODULUS 8, REMAINDER 1);
CREATE TABLE event_identity_p2 PARTITION OF event_identity FOR VALUES WITH (MODULUS 8, REMAINDER 2);
CREATE TABLE event_identity_p3 PARTITION OF event_identity FOR VALUES WITH (MODULUS 8, REMAINDER 3);
CREATE TABLE event_identity_p4 PARTITION OF event_identity FOR VALUES WITH (MODULUS 8, REMAINDER 4);
CREATE TABLE event_identity_p5 PARTITION OF event_identity FOR VALUES WITH (MODULUS 8, REMAINDER 5);
CREATE TABLE event_identity_p6 PARTITION OF event_identity FOR VALUES WITH (MODULUS 8, REMAINDER 6);
CREATE TABLE event_identity_p7 PARTITION OF event_identity FOR VALUES WITH (MODULUS 8, REMAINDER 7);

-- Events accepted over REST, until the compactor has moved them into segments and the projector into online state.
CREATE TABLE event_inbox (
  position     bigint PRIMARY KEY,
  project_id   text NOT NULL REFERENCES project,
  source       text NOT NULL,
  event_id     text NOT NULL,
  entity_id    text NOT NULL,
  occurred_us  bigint NOT NULL CHECK (occurred_us >= 0), -- microseconds since 1970-01-01T00:00:00Z
  fields       jsonb NOT NULL,                      -- declared numeric fields as fixed-point integers
  received_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX event_inbox_project ON event_inbox (project_id, position);

-- Events that were not applied, and why: the same identity with other content, or a time too far ahead.
CREATE TABLE event_quarantine (
  quarantine_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id   text NOT NULL REFERENCES project,
  source       text NOT NULL,
  event_id     text NOT NULL,
  reason       text NOT NULL CHECK (reason IN ('conflict', 'future')),
  event        jsonb NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX event_quarantine_project ON event_quarantine (project_id, received_at);

-- Inserts a batch and says what became of each row. Rows arrive as arrays of equal length, free of repeats among themselves
-- (the caller settles those, and may carry several requests in one call). An identity seen before with the same content is
-- counted; with other content it is quarantined. results holds, in the order of the rows: the position of a stored event,
-- 0 for a repeat, -1 for a conflict.
CREATE FUNCTION inbox_put(
  p_project text, p_sources text[], p_event_ids text[], p_hashes bytea[], p_entity_ids text[], p_occurred_us bigint[], p_fields jsonb[],
  OUT results bigint[]
) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_event_position();
  WITH incoming AS MATERIALIZED (
    SELECT s.source, s.event_id, s.content_hash, s.entity_id, s.occurred_us, s.fields, s.ordinal
    FROM unnest(p_sources, p_event_ids, p_hashes, p_entity_ids, p_occurred_us, p_fields)
         WITH ORDINALITY AS s (source, event_id, content_hash, entity_id, occurred_us, fields, ordinal)
  ), fresh AS (
    INSERT INTO event_identity (project_id, source, event_id, content_hash, position)
    SELECT p_project, i.source, i.event_id, i.content_hash, nextval('event_position') FROM (SELECT * FROM incoming ORDER BY ordinal) i
    ON CONFLICT DO NOTHING
    RETURNING source, event_id, position
  ), stored AS (
    INSERT INTO event_inbox (position, project_id, source, event_id, entity_id, occurred_us, fields)
    SELECT f.position, p_project, i.source, i.event_id, i.entity_id, i.occurred_us, i.fields
    FROM fresh f JOIN incoming i USING (source, event_id)
  ), outcome AS (
    -- event_identity is read as it was before this statement: a row found there was known, every other one is in fresh.
    SELECT i.*, coalesce(f.position, CASE WHEN e.content_hash = i.content_hash THEN 0 ELSE -1 END) AS result
    FROM incoming i
    LEFT JOIN fresh f USING (source, event_id)
    LEFT JOIN event_identity e ON e.project_id = p_project AND e.source = i.source AND e.event_id = i.event_id
  ), quarantined AS (
    INSERT INTO event_quarantine (project_id, source, event_id, reason, event)
    SELECT p_project, source, event_id, 'conflict', fields || jsonb_build_object('entity_id', entity_id, 'occurred_us', occurred_us)
    FROM outcome WHERE result = -1
  )
  SELECT array_agg(result ORDER BY ordinal) FROM outcome INTO results;
END $$;

-- How far each reader of the inbox has come. The compactor's position also says that every import up to it is in segments.
CREATE TABLE inbox_consumer (
  project_id   text NOT NULL REFERENCES project,
  consumer     text NOT NULL CHECK (consumer IN ('projector', 'compactor')),
  position     bigint NOT NULL DEFAULT 0,
  updated_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, consumer)
);

CREATE TABLE file_import (
  import_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id   text NOT NULL REFERENCES project,
  source       text NOT NULL,
  file_name    text NOT NULL,
  file_sha256  text NOT NULL,
  rows_read    bigint NOT NULL,
  rows_imported bigint NOT NULL,
  rows_rejected bigint NOT NULL,
  rows_repeated bigint NOT NULL,
  shift_days   integer NOT NULL DEFAULT 0,          -- whole days added to every timestamp
  position_from bigint,                             -- range of positions the rows took; null when none was imported
  position_to  bigint,
  min_occurred_us bigint,                           -- after the shift
  max_occurred_us bigint,
  errors       jsonb NOT NULL DEFAULT '[]',         -- the first of the rejected rows
  rejects_path text,                                -- all of them as CSV, relative to LAKE_URL
  imported_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (project_id, source, file_sha256)
);

-- The lake: immutable Parquet files. A dataset version is a hash over their content hashes.
CREATE TABLE segment (
  segment_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id    text NOT NULL REFERENCES project,
  source        text NOT NULL,
  path          text NOT NULL,                      -- relative to LAKE_URL
  sha256        text NOT NULL,
  rows          bigint NOT NULL CHECK (rows > 0),
  bytes         bigint NOT NULL,
  position_from bigint NOT NULL,                    -- a row's position is position_from + its column row_offset
  position_to   bigint NOT NULL,
  min_occurred_us bigint NOT NULL,
  max_occurred_us bigint NOT NULL,
  import_id     uuid REFERENCES file_import,        -- null: from the inbox
  created_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (project_id, path),
  CHECK (position_to >= position_from)
);
CREATE INDEX segment_project_position ON segment (project_id, position_to);

-- Generations of online state. From a sequence here, because Redis forgets: a number used twice would mix two builds.
CREATE SEQUENCE online_generation AS bigint;
