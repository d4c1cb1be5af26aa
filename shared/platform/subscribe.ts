import pg from 'pg';
import type { Logger } from './log.ts';
import { connection } from './postgres.ts';
import { backoffMs, pause } from './retry.ts';

export interface Subscription {
  /** Called for each notification. */
  onNotify(channel: string, payload: string): void;
  /** Called after each (re)connection: what was notified meanwhile is lost, so read again what you watch. */
  onConnect(): Promise<void> | void;
  log: Logger;
}

const PING_MS = 15_000;

/**
 * LISTENs on a connection of its own and keeps it: reconnects with growing pauses of at most 5 s, and pings, since a dead peer says nothing.
 * Resolves once the first attempt to connect is under way; close() ends it.
 */
export function subscribe(
  url: string,
  channels: readonly string[],
  to: Subscription,
): { close(): Promise<void> } {
  const ending = new AbortController();
  const loop = (async () => {
    for (let attempt = 0; !ending.signal.aborted; attempt++) {
      try {
        await listen(url, channels, to, ending.signal, () => {
          attempt = 0;
        });
      } catch (error) {
        if (!ending.signal.aborted)
          to.log.warn('LISTEN connection lost', { channels, error: message(error) });
      }
      if (!ending.signal.aborted) await pause(backoffMs(attempt, 100, 5_000), ending.signal);
    }
  })();
  return {
    async close() {
      ending.abort();
      await loop;
    },
  };
}

async function listen(
  url: string,
  channels: readonly string[],
  to: Subscription,
  signal: AbortSignal,
  connected: () => void,
): Promise<void> {
  const client = new pg.Client({ ...connection(url, 'churn-listen'), query_timeout: PING_MS });
  const lost = new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.on('end', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  lost.catch(() => {});
  let ping: NodeJS.Timeout | undefined;
  try {
    await client.connect();
    client.on('notification', ({ channel, payload }) => to.onNotify(channel, payload ?? ''));
    for (const channel of channels) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    connected();
    await to.onConnect();
    ping = setInterval(() => {
      client.query('SELECT 1').catch(() => client.end().catch(() => {}));
    }, PING_MS);
    await lost;
  } finally {
    clearInterval(ping);
    await client.end().catch(() => {});
  }
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));
