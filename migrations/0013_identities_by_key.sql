-- The index of the days on an expression: one on the columns serves whoever looks for a key as well, and Postgres reads the whole source by it
-- where it has no statistics yet (docs/adr/0012).
-- compatible: the expression joins two texts that are never null, and fails for none.
CREATE INDEX event_identity_source_day ON event_identity ((project_id || '/' || source), recorded_day);

-- compatible: the version before finds the same identities without it. It removes old ones and looks for the oldest once an hour, and reads
-- more of the table for that until it is replaced.
DROP INDEX event_identity_day;

-- As before, but each event that is not new is looked for by its key, and by one plan for every call: what a plan reads besides, all others
-- wait for under the lock. Left to join, Postgres plans over tables that it has not analyzed yet, reads every identity of the project for a
-- request, and keeps that plan.
-- compatible: the same arguments and results.
CREATE OR REPLACE FUNCTION inbox_put(
  p_project text, p_sources text[], p_event_ids text[], p_hashes bytea[], p_entity_ids text[], p_occurred_us bigint[], p_fields jsonb[],
  OUT results bigint[]
) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $$
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
    LEFT JOIN LATERAL (
      SELECT content_hash FROM event_identity
      WHERE f.position IS NULL AND project_id = p_project AND source = i.source AND event_id = i.event_id LIMIT 1
    ) e ON true
  ), quarantined AS (
    INSERT INTO event_quarantine (project_id, source, event_id, reason, event)
    SELECT p_project, source, event_id, 'conflict', fields || jsonb_build_object('entity_id', entity_id, 'occurred_us', occurred_us)
    FROM outcome WHERE result = -1
  )
  SELECT array_agg(result ORDER BY ordinal) FROM outcome INTO results;
END $$;
