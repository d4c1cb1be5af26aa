import type { Health } from '@churn/platform';
import type { Context } from './context.ts';

/** Runs can be taken without the queue; they wait for it. */
export function health({ pool, queue }: Context): Pick<Health, 'ready'> {
  return {
    async ready() {
      const postgres = await pool.query('SELECT 1').then(
        () => 'ok',
        (error: Error) => `away: ${error.message}`,
      );
      const queued = await queue.depth().then(
        () => 'ok',
        (error: Error) => `away, runs wait for it: ${error.message}`,
      );
      return { ok: postgres === 'ok', checks: { postgres, queue: queued } };
    },
  };
}
