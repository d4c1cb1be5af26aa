import { type RunningService, startService } from '@churn/platform';
import type { InferenceConfig } from './config.ts';
import { type Context, type ContextOptions, createContext } from './context.ts';
import { health } from './health.ts';
import { routes } from './routes/index.ts';

export type Service = RunningService<Context>;

/** Starts inference: the champions are loaded as soon as Postgres answers, and readiness says when. */
export function startInferenceService(
  config: InferenceConfig,
  options: ContextOptions = {},
): Promise<Service> {
  return startService({ name: 'inference', port: 8000 }, createContext(config, options), (context) => ({
    routes: routes(context),
    ...health(context),
    // 100 ids of 256 characters, each written as two escapes of six bytes.
    jsonLimit: '320kb',
    requestTimeoutMs: 10_000,
  }));
}
