import { databaseReady, type Health } from '@churn/platform';
import type { Context } from './context.ts';

/** Runs can be taken without the queue; they wait for it. */
export function health({ pool, queue }: Context): Pick<Health, 'ready'> {
  return {
    async ready() {
      const database = await databaseReady(pool).catch((error: Error) => ({
        ok: false,
        checks: { postgres: `away: ${error.message}` },
      }));
      const queued = await queue.depth().then(
        () => 'ok',
        (error: Error) => `away, runs wait for it: ${error.message}`,
      );
      return { ok: database.ok, checks: { ...database.checks, queue: queued } };
    },
  };
}
