import { pause, subscribe } from '@churn/platform';
import { takeTurn } from './check-run.ts';
import type { Context } from './context.ts';
import { CHECKED_CHANNEL } from './queries/save-check.ts';
import { showNewest } from './show-newest.ts';

/** A notification can be lost; this often the runs are looked at all the same. */
const POLL_MS = 10_000;

/** Takes turns until closed, at once when a batch run has finished and every 10 s, and keeps the gauges at the newest checks. */
export function startWork(context: Context): { wake(): void; close(): Promise<void> } {
  const ending = new AbortController();
  let waking = new AbortController();
  const wake = () => waking.abort();
  const subscription = subscribe(context.config.DATABASE_URL, ['churn_batch_finished', CHECKED_CHANNEL], {
    onNotify: wake,
    onConnect: wake,
    log: context.log,
  });
  const loop = (async () => {
    while (!ending.signal.aborted) {
      waking = new AbortController();
      const again = await turn(context).catch((error) => {
        if (!ending.signal.aborted) context.log.error('drift checks cannot be taken', { error });
        return false;
      });
      if (!again) await pause(POLL_MS, AbortSignal.any([waking.signal, ending.signal]));
    }
  })();
  return {
    wake,
    async close() {
      ending.abort();
      await subscription.close();
      await loop;
    },
  };
}

/** Whether there may be more to do at once. */
async function turn(context: Context): Promise<boolean> {
  const { did } = await takeTurn(context);
  await showNewest(context);
  return did !== 'nothing' && did !== 'retry';
}
