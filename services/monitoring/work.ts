import { pause, subscribe } from '@churn/platform';
import { takeTurn } from './check-run.ts';
import type { Context } from './context.ts';

/** A notification can be lost; this often the runs are looked at all the same. */
const POLL_MS = 10_000;

/** Takes turns until closed: at once when a batch run has finished, and every 10 s. */
export function startWork(context: Context): { wake(): void; close(): Promise<void> } {
  const ending = new AbortController();
  let waking = new AbortController();
  const wake = () => waking.abort();
  const subscription = subscribe(context.config.DATABASE_URL, ['churn_batch_finished'], {
    onNotify: wake,
    onConnect: wake,
    log: context.log,
  });
  const loop = (async () => {
    while (!ending.signal.aborted) {
      waking = new AbortController();
      const turn = await takeTurn(context).catch((error) => {
        if (!ending.signal.aborted) context.log.error('drift checks cannot be taken', { error });
        return { did: 'nothing' } as const;
      });
      if (turn.did === 'nothing' || turn.did === 'retry')
        await pause(POLL_MS, AbortSignal.any([waking.signal, ending.signal]));
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
