import pg from 'pg';
import type { Logger } from './log.ts';
import { connection } from './postgres.ts';
import { backoffMs, pause } from './retry.ts';

const PING_MS = 5_000;

/**
 * Runs `work` in one process at a time: whoever holds the session lock `name`, on a connection of its own. When that connection breaks the
 * signal aborts and another process may lead; work must therefore be safe to overlap for a moment (compare, fence, or repeat).
 * Work that returns or throws is started again after a pause. close() aborts and waits.
 */
export function lead(
  url: string,
  name: string,
  log: Logger,
  work: (signal: AbortSignal) => Promise<void>,
): { close(): Promise<void> } {
  const ending = new AbortController();
  const loop = (async () => {
    for (let attempt = 0; !ending.signal.aborted; attempt++) {
      try {
        if (await leadOnce(url, name, work, ending.signal)) attempt = 0;
      } catch (error) {
        if (!ending.signal.aborted)
          log.warn('leadership lost', { lock: name, error: error instanceof Error ? error : String(error) });
      }
      if (!ending.signal.aborted) await pause(backoffMs(attempt, 200, 2_000), ending.signal);
    }
  })();
  return {
    async close() {
      ending.abort();
      await loop;
    },
  };
}

/** Whether it led. */
async function leadOnce(
  url: string,
  name: string,
  work: (signal: AbortSignal) => Promise<void>,
  ending: AbortSignal,
): Promise<boolean> {
  // A dead peer says nothing: without a limit of its own a ping would wait for it as long as TCP does.
  const client = new pg.Client({ ...connection(url, `churn-leader-${name}`), query_timeout: PING_MS });
  const lost = new AbortController();
  const signal = AbortSignal.any([ending, lost.signal]);
  client.on('error', (error) => lost.abort(error));
  client.on('end', () => lost.abort());
  let ping: NodeJS.Timeout | undefined;
  try {
    await client.connect();
    const { rows } = await client.query<{ held: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held',
      [name],
    );
    if (rows[0]?.held !== true) return false;
    ping = setInterval(() => void client.query('SELECT 1').catch((error) => lost.abort(error)), PING_MS);
    await work(signal);
    return true;
  } finally {
    clearInterval(ping);
    await client.end().catch(() => {});
  }
}
