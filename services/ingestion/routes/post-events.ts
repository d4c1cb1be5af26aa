import { type EventsAccepted, eventsAccepted } from '@churn/contracts';
import { defineRoute, inTime, type Route } from '@churn/platform';
import type { Context } from '../context.ts';
import { createDefinitionsReader, noDefinitions } from '../events/definitions-reader.ts';
import { createInboxWriter } from '../events/inbox-writer.ts';
import { prepareEvents } from '../events/prepare-events.ts';
import { type RawEvent, readEvents } from '../events/read-events.ts';
import { AHEAD_US } from '../events/source-rules.ts';

export function postEvents({ pool, metrics, now }: Context): Route {
  const writer = createInboxWriter(pool);
  const readDefinitions = createDefinitionsReader(pool);
  const store = async (projectId: string, raw: readonly RawEvent[]): Promise<EventsAccepted> => {
    const definitions = await readDefinitions(projectId);
    if (definitions === null) throw noDefinitions(projectId);
    const nowUs = now() * 1000;
    const { ir, horizons } = definitions;
    return writer.put(projectId, prepareEvents(ir, raw, { nowUs, latestUs: nowUs + AHEAD_US, horizons }));
  };
  return defineRoute({
    method: 'post',
    path: '/events',
    summary: 'Store events: one, an array, or one a line',
    description:
      'An event has source, event_id and the columns of its source, null where a value is missing; and as_of where the source has no timestamp column. Answered after the commit. The same event again is counted, not stored; another content under a known identity is set aside. One bad event refuses the request whole.',
    role: 'caller',
    body: 'stream',
    bodyTypes: ['application/json', 'application/x-ndjson'],
    responses: {
      202: { description: 'The events are durable', schema: eventsAccepted },
      413: { description: 'More than 10,000 events or 8 MiB' },
      422: {
        description:
          'Faults, by event and column, or an event older than CHURN_EVENT_HORIZON_DAYS; nothing was stored',
      },
      503: {
        description:
          'Too many events are waiting, or Postgres does not answer; see Retry-After. Send the same events again: what was stored is counted, not doubled',
      },
    },
    accessLog: false,
    // The client may take its time to send them; from then on there is a limit.
    answerWithinMs: Number.POSITIVE_INFINITY,
    handler: async ({ req, principal }) => {
      const raw = await readEvents(req);
      const accepted = await inTime(store(principal.projectId, raw));
      metrics.received(accepted);
      return { status: 202, body: accepted };
    },
  });
}
