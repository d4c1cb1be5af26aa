import type { Health } from '@churn/platform';
import type { Context } from './context.ts';
import { whyNoModel } from './no-model.ts';

const PING_MS = 500;

/** /health has the keys of the system this one follows: status, model_version, redis. */
export function health({ champions, redis, store, config }: Context): Pick<Health, 'ready' | 'summary'> {
  return {
    // Redis may be away: stored predictions answer then, and taking every replica out of service would help nobody.
    ready: async () => ({
      ok: champions.loaded(),
      checks: {
        models: champions.loaded()
          ? [`${champions.serving().length} in Production`, ...champions.refused().map(refusal)].join('; ')
          : 'the registry was not read yet',
        redis: (await ping(redis)) ? 'connected' : 'away: answers are degraded',
      },
    }),
    summary: async () => {
      const connected = await ping(redis);
      const serving = champions.serving();
      const shown = serving.find(({ project }) => project === config.CHURN_PROJECT) ?? serving[0];
      const warnings = [
        ...champions.refused().map(refusal),
        ...(connected ? await rebuilding(store, serving) : []),
      ];
      const ok = connected && shown !== undefined;
      return {
        ok,
        body: {
          status: ok ? 'healthy' : 'unhealthy',
          model_version: shown === undefined ? null : `${shown.model}/${shown.version}`,
          redis: connected ? 'connected' : 'disconnected',
          ...(warnings.length > 0 && { warning: warnings.join('; ') }),
          ...(shown === undefined && { error: whyNoModel(champions, config.CHURN_PROJECT).message }),
        },
      };
    },
  };
}

function refusal({ project, label, reason }: ReturnType<Context['champions']['refused']>[number]): string {
  return `${label} of project ${project} is in Production and cannot be served, so what served before goes on: ${reason}`;
}

/** Redis answers, but holds no complete features: it was emptied, or is new. */
async function rebuilding(
  store: Context['store'],
  serving: ReturnType<Context['champions']['serving']>,
): Promise<string[]> {
  const marks = await Promise.all(serving.map(({ project }) => store.mark(project).catch(() => null)));
  return serving
    .filter((_, index) => marks[index] === null)
    .map(
      ({ project }) =>
        `the online features of project ${project} are not complete, so its answers are stored predictions; ingestion rebuilds them (churn features status)`,
    );
}

async function ping(redis: Context['redis']): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PING_MS);
  });
  try {
    return await Promise.race([
      redis.ping().then(
        () => true,
        () => false,
      ),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
