import type { EventsAccepted } from '@churn/contracts';
import type { PoolClient } from 'pg';
import type { Prepared, PreparedEvent } from '../events/prepare-events.ts';

/** One entry an event: its position, 0 for a repeat, -1 for a conflict. */
interface Row {
  results: (number | string)[];
}

/** Stores one request's events in the caller's transaction and says what became of them; see inbox_put. */
export async function putEvents(
  client: PoolClient,
  projectId: string,
  { events, repeated, quarantine }: Prepared,
): Promise<EventsAccepted> {
  for (const { event, reason } of quarantine) await quarantineEvent(client, projectId, event, reason);
  if (events.length === 0) return { accepted: 0, repeated, quarantined: quarantine.length, position: null };
  const { rows } = await client.query<Row>(
    'SELECT inbox_put($1, $2, $3, $4, $5, $6, $7::jsonb[]) AS results',
    [
      projectId,
      events.map(({ source }) => source),
      events.map(({ eventId }) => eventId),
      events.map(({ hash }) => hash),
      events.map(({ entityId }) => entityId),
      events.map(({ occurredUs }) => occurredUs),
      events.map(({ fields }) => JSON.stringify(fields)),
    ],
  );
  const results = (rows[0]?.results ?? []).map(Number);
  const stored = results.filter((result) => result > 0);
  return {
    accepted: stored.length,
    repeated: results.filter((result) => result === 0).length + repeated,
    quarantined: results.filter((result) => result === -1).length + quarantine.length,
    position: stored.length === 0 ? null : Math.max(...stored),
  };
}

async function quarantineEvent(
  client: PoolClient,
  projectId: string,
  event: PreparedEvent,
  reason: string,
): Promise<void> {
  await client.query(
    'INSERT INTO event_quarantine (project_id, source, event_id, reason, event) VALUES ($1, $2, $3, $4, $5)',
    [
      projectId,
      event.source,
      event.eventId,
      reason,
      JSON.stringify({ ...event.fields, entity_id: event.entityId, occurred_us: event.occurredUs }),
    ],
  );
}
