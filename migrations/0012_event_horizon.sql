-- Identities of events are kept for a stated time: by the day on which each was recorded (UTC). Rows of before get today.
ALTER TABLE event_identity ADD COLUMN recorded_day date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date;

-- Pruning finds the old ones of a source by it, and so does the age of the oldest. Equal days share an entry, so it is small (docs/adr/0012).
CREATE INDEX event_identity_day ON event_identity (project_id, source, recorded_day);

-- Autovacuum would wait until a fifth of a partition is dead; what it frees takes up the identities that come.
-- compatible: a storage parameter of each partition, which no query sees.
DO $$
DECLARE part regclass;
BEGIN
  FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'event_identity'::regclass LOOP
    EXECUTE format('ALTER TABLE %s SET (autovacuum_vacuum_scale_factor = 0.01)', part);
  END LOOP;
END $$;

-- Of each source of which identities were removed, or may be: the day from which on they are all there. An event that occurred before its
-- third day (an event may be dated a day ahead, and clocks differ) could be a repeat of one that is not known any more: it is refused.
-- compatible: it refers to project, and no version deletes or renames a project.
CREATE TABLE event_horizon (
  project_id   text NOT NULL REFERENCES project,
  source       text NOT NULL,
  kept_since   date NOT NULL,
  PRIMARY KEY (project_id, source)
);

-- The first instant, in microseconds since 1970, of which events of the source are taken; NULL while all are.
CREATE FUNCTION event_horizon_us(p_project text, p_source text) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT (extract(epoch FROM kept_since + 2) * 1000000)::bigint FROM event_horizon WHERE project_id = p_project AND source = p_source $$;

-- As before, but first refuses all when one event lies before the horizon of its source: SQLSTATE CH001, the event in its detail. The horizon
-- moves under the same lock, before anything is removed, so that no repeat slips through between the two.
-- compatible: the same arguments and results. CH001 comes only once a newer version has removed identities; the version before stores nothing
-- of that request and answers it as an error.
CREATE OR REPLACE FUNCTION inbox_put(
  p_project text, p_sources text[], p_event_ids text[], p_hashes bytea[], p_entity_ids text[], p_occurred_us bigint[], p_fields jsonb[],
  OUT results bigint[]
) LANGUAGE plpgsql AS $$
DECLARE v_old jsonb;
BEGIN
  PERFORM lock_event_position();
  SELECT jsonb_build_object('source', i.source, 'event_id', i.event_id, 'horizon_us', h.us) INTO v_old
  FROM (SELECT source, event_horizon_us(p_project, source) AS us FROM (SELECT DISTINCT unnest(p_sources) AS source) s) h
  JOIN unnest(p_sources, p_event_ids, p_occurred_us) AS i (source, event_id, occurred_us) ON i.source = h.source AND i.occurred_us < h.us
  LIMIT 1;
  IF FOUND THEN RAISE EXCEPTION 'inbox_put: event too old' USING ERRCODE = 'CH001', DETAIL = v_old::text; END IF;
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
