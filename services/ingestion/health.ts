import { databaseReady, type Health } from '@churn/platform';
import type { Context } from './context.ts';

/** Events are durable without Redis; online features wait for it. */
export function health({ pool, redis }: Context): Pick<Health, 'ready'> {
  return {
    async ready() {
      const { ok, checks } = await databaseReady(pool);
      const online = redis.status === 'ready' ? 'ok' : 'away: online features wait';
      return { ok, checks: { ...checks, redis: online } };
    },
  };
}
