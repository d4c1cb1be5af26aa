import { type RunningService, startService } from '@churn/platform';
import type { IngestionConfig } from './config.ts';
import { type Context, type ContextOptions, createContext } from './context.ts';
import { health } from './health.ts';
import { routes } from './routes/index.ts';
import { startWork } from './work.ts';

/** A large file takes its time to arrive. */
const REQUEST_MS = 3_600_000;

export type Service = RunningService<Context>;

/** Starts ingestion: routes, projector and compactor. */
export function startIngestionService(
  config: IngestionConfig,
  options: ContextOptions = {},
): Promise<Service> {
  return startService({ name: 'ingestion', port: 8001 }, createContext(config, options), (context) => {
    const work = startWork(context);
    context.closer.add('work', () => work.close());
    return { routes: routes(context), ...health(context), requestTimeoutMs: REQUEST_MS };
  });
}
