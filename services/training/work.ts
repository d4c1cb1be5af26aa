import { pause } from '@churn/platform';
import type { Context } from './context.ts';
import { takeTurn } from './train-run.ts';

const POLL_MS = 2_000;

/** Trains what waits, one run after another, until closed: at once when woken, else every 2 s. A run that is cut short is given back. */
export function startWork(context: Context): { wake(): void; close(): Promise<void> } {
  const ending = new AbortController();
  let waking = new AbortController();
  const loop = (async () => {
    while (!ending.signal.aborted) {
      waking = new AbortController();
      const turn = await takeTurn(context, ending.signal).catch((error) => {
        if (!ending.signal.aborted) context.log.error('training runs cannot be taken', { error });
        return { did: 'nothing' } as const;
      });
      if (turn.did === 'nothing' || turn.did === 'retry')
        await pause(POLL_MS, AbortSignal.any([waking.signal, ending.signal]));
    }
  })();
  return {
    wake: () => waking.abort(),
    async close() {
      ending.abort();
      await loop;
    },
  };
}
