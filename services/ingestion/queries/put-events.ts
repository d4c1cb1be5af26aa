import type { EventsAccepted } from '@churn/contracts';
import { InvalidInput } from '@churn/platform';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import { tooOld } from '../events/source-rules.ts';
import type { Prepared, PreparedEvent } from '../prepared-events.ts';

/** One entry an event: its position, 0 for a repeat, -1 for a conflict. */
interface Row {
  results: (number | string)[];
}

/** Events set aside that an answer names. */
const SHOWN = 20;

/** What one request brings. */
export interface PutRequest {
  projectId: string;
  prepared: Prepared;
}

/** Requests of one project without a repeat among their events: what inbox_put takes at once. */
interface Call {
  projectId: string;
  identities: Set<string>;
  requests: number[];
}

/**
 * Stores the events of requests in the caller's transaction and says, for each request, what became of them; see inbox_put. Requests of
 * one project go in one call, but one that repeats an event of an earlier request goes in a later one, which sees it as stored.
 */
export async function putEvents(
  client: PoolClient,
  requests: readonly PutRequest[],
): Promise<EventsAccepted[]> {
  const accepted = requests.map(({ prepared }) => outcomeOf(prepared, []));
  for (const { projectId, prepared } of requests)
    for (const { event, reason } of prepared.quarantine)
      await quarantineEvent(client, projectId, event, reason);
  for (const call of planCalls(requests)) {
    const events = call.requests.flatMap((index) => requests[index]?.prepared.events ?? []);
    const results = await inboxPut(client, call.projectId, events);
    let at = 0;
    for (const index of call.requests) {
      const { prepared } = requests[index] ?? {};
      if (prepared === undefined) continue;
      accepted[index] = outcomeOf(prepared, results.slice(at, at + prepared.events.length));
      at += prepared.events.length;
    }
  }
  return accepted;
}

function planCalls(requests: readonly PutRequest[]): Call[] {
  const calls: Call[] = [];
  const open = new Map<string, Call>();
  for (const [index, { projectId, prepared }] of requests.entries()) {
    if (prepared.events.length === 0) continue;
    const identities = prepared.events.map(({ source, eventId }) => `${source}\u001f${eventId}`);
    let call = open.get(projectId);
    if (call === undefined || identities.some((identity) => call?.identities.has(identity))) {
      call = { projectId, identities: new Set(), requests: [] };
      calls.push(call);
      open.set(projectId, call);
    }
    for (const identity of identities) call.identities.add(identity);
    call.requests.push(index);
  }
  return calls;
}

async function inboxPut(
  client: PoolClient,
  projectId: string,
  events: readonly PreparedEvent[],
): Promise<number[]> {
  const put = client.query<Row>({
    name: 'inbox-put',
    text: 'SELECT inbox_put($1, $2, $3, $4, $5, $6, $7::jsonb[]) AS results',
    values: [
      projectId,
      events.map(({ source }) => source),
      events.map(({ eventId }) => eventId),
      events.map(({ hash }) => hash),
      events.map(({ entityId }) => entityId),
      events.map(({ occurredUs }) => occurredUs),
      events.map(({ fields }) => JSON.stringify(fields)),
    ],
  });
  const { rows } = await put.catch(refuseOld);
  return (rows[0]?.results ?? []).map(Number);
}

/** What inbox_put says of an event before the horizon of its source. */
const oldEvent = z.object({ source: z.string(), event_id: z.string(), horizon_us: z.number() });
const refusal = z.object({
  code: z.literal('CH001'),
  detail: z.string().transform((text) => oldEvent.parse(JSON.parse(text))),
});

function refuseOld(error: Error): never {
  const { data } = refusal.safeParse(error);
  if (data === undefined) throw error;
  const { source, event_id, horizon_us } = data.detail;
  throw new InvalidInput(
    'event-too-old',
    `Event ${event_id} of ${source} lies ${tooOld(horizon_us)}. Nothing was stored; send the request without such events.`,
  );
}

function outcomeOf({ events, repeated, quarantine }: Prepared, results: readonly number[]): EventsAccepted {
  const stored = results.filter((result) => result > 0);
  const conflicts = events.filter((_, index) => results[index] === -1);
  const aside = [...quarantine, ...conflicts.map((event) => ({ event, reason: 'conflict' as const }))];
  return {
    accepted: stored.length,
    repeated: results.filter((result) => result === 0).length + repeated,
    quarantined: aside.length,
    set_aside: aside
      .slice(0, SHOWN)
      .map(({ event, reason }) => ({ source: event.source, event_id: event.eventId, reason })),
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
