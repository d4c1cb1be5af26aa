import type { EventsAccepted } from '@churn/contracts';
import { inTransaction, Unavailable } from '@churn/platform';
import type { Pool } from 'pg';
import type { Prepared } from '../prepared-events.ts';
import { type PutRequest, putEvents } from '../queries/put-events.ts';

interface Waiting extends PutRequest {
  resolve(accepted: EventsAccepted): void;
  reject(error: unknown): void;
}

/** Events that may wait for the database; more are refused at once. */
const MAX_WAITING = 50_000;
/** Requests that share a transaction. */
const SHARED = 64;

/**
 * Writes requests into the inbox. Whoever takes positions holds a lock until commit, so single events would wait for each other's disk: requests
 * that arrive while a transaction is under way share the next one, and each has its own answer after the commit.
 */
export function createInboxWriter(pool: Pool): {
  put(projectId: string, prepared: Prepared): Promise<EventsAccepted>;
} {
  const queue: Waiting[] = [];
  let waiting = 0;
  let running = false;

  const drain = async (): Promise<void> => {
    running = true;
    while (queue.length > 0) await writeTogether(pool, queue.splice(0, SHARED));
    running = false;
  };
  return {
    put(projectId, prepared) {
      const events = prepared.events.length + prepared.quarantine.length;
      if (waiting + events > MAX_WAITING)
        return Promise.reject(
          new Unavailable(
            'inbox-busy',
            `${waiting} events are waiting to be stored already. Send again in a second.`,
            1,
          ),
        );
      waiting += events;
      return new Promise<EventsAccepted>((resolve, reject) => {
        queue.push({ projectId, prepared, resolve, reject });
        if (!running) setImmediate(() => void drain());
        running = true;
      }).finally(() => {
        waiting -= events;
      });
    },
  };
}

async function writeTogether(pool: Pool, requests: readonly Waiting[]): Promise<void> {
  try {
    const answers = await inTransaction(pool, async (client) => {
      const accepted = await putEvents(client, requests);
      await client.query(`NOTIFY churn_inbox`);
      return accepted;
    });
    for (const [i, { resolve, reject }] of requests.entries()) {
      const answer = answers[i];
      if (answer === undefined) reject(new Error('a request had no answer'));
      else resolve(answer);
    }
  } catch (error) {
    // One request's fault must not be everybody's: alone, each has its own.
    if (requests.length === 1) requests[0]?.reject(error);
    else for (const request of requests) await writeTogether(pool, [request]);
  }
}
