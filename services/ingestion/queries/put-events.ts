import type { EventsAccepted } from '@churn/contracts';
import type { PoolClient } from 'pg';
import type { Prepared, PreparedEvent } from '../events/prepare-events.ts';

interface Row {
  inserted: number | string;
  repeated: number | string;
  conflicting: number | string;
  last_position: number | string | null;
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
    'SELECT inserted, repeated, conflicting, last_position FROM inbox_put($1, $2, $3, $4, $5, $6, $7::jsonb[])',
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
  const row = rows[0];
  return {
    accepted: Number(row?.inserted ?? 0),
    repeated: Number(row?.repeated ?? 0) + repeated,
    quarantined: Number(row?.conflicting ?? 0) + quarantine.length,
    position: row?.last_position == null ? null : Number(row.last_position),
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
