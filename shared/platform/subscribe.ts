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
  /** How often the connection is asked whether it lives; default 15 s. */
  pingMs?: number;
}

const PING_MS = 15_000;

/**
 * LISTENs on a connection of its own and keeps it: reconnects with pauses that grow to 5 s until a connection has lived to answer a ping, and
 * pings, since a dead peer says nothing. Returns once the first attempt to connect is under way; close() ends it.
 */
export function subscribe(
  url: string,
  channels: readonly string[],
  to: Subscription,
): { close(): Promise<void> } {
  const ending = new AbortController();
  const loop = (async () => {
    let losses = 0;
    const alive = () => {
      losses = 0;
    };
    while (!ending.signal.aborted) {
      const error = await listen(url, channels, to, ending.signal, alive).then(() => null, message);
      if (ending.signal.aborted) return;
      const againMs = Math.round(backoffMs(losses++, 100, 5_000));
      if (error !== null) to.log.warn('LISTEN connection lost', { channels, error, again_in_ms: againMs });
      await pause(againMs, ending.signal);
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
  alive: () => void,
): Promise<void> {
  const { pingMs = PING_MS } = to;
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
    await to.onConnect();
    ping = setInterval(() => {
      client.query('SELECT 1').then(alive, () => client.end().catch(() => {}));
    }, pingMs);
    await lost;
  } finally {
    clearInterval(ping);
    await client.end().catch(() => {});
  }
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));
