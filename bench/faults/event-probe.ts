import { eventsAccepted } from '@churn/contracts';
import { z } from 'zod';
import type { Probe, Worth } from './probe.ts';

/** Of each event, in dollars. */
export const AMOUNT = 1;

/** The events of all clients so far, by id. */
export interface Posted {
  /** Of a customer of their own, so that they are no other's. */
  customer: string;
  source: string;
  /** Asked to be stored, whatever came of it. */
  sent: Set<string>;
  /** Answered with 202. */
  accepted: Set<string>;
}

/**
 * POST /events, one at a time. An event that got no 202 is sent again until it has one, as clients are told to: it may have been stored, and then
 * it is counted as repeated.
 */
export function eventProbe(url: string, posted: Posted): Probe {
  let event = newEvent(posted);
  let tries = 0;
  return {
    name: 'POST /events',
    service: 'ingestion',
    needs: ['postgres'],
    status: 202,
    request() {
      if (posted.accepted.has(event.event_id)) {
        event = newEvent(posted);
        tries = 0;
      }
      tries++;
      posted.sent.add(event.event_id);
      return { url: `${url}/events`, body: event };
    },
    check(body, sent) {
      const worth = checkAccepted(body, tries > 1);
      const { event_id: id } = z.object({ event_id: z.string() }).parse(sent);
      if (worth === 'answered') posted.accepted.add(id);
      return worth;
    },
  };
}

function newEvent({ source, customer }: Posted) {
  return {
    source,
    event_id: crypto.randomUUID(),
    customer_id: customer,
    date: new Date(Date.now() - 60_000).toISOString(),
    amount: AMOUNT,
    quantity: 1,
  };
}

function checkAccepted(body: unknown, again: boolean): Worth {
  const answer = eventsAccepted.safeParse(body);
  if (!answer.success) return { wrong: z.prettifyError(answer.error) };
  const { accepted, repeated, quarantined } = answer.data;
  if (accepted + repeated !== 1 || quarantined !== 0) return { wrong: 'one event was sent' };
  if (repeated === 1 && !again) return { wrong: 'the event was never sent before' };
  return 'answered';
}
