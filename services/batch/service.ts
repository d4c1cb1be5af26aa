import { type RunningService, startService } from '@churn/platform';
import type { BatchConfig } from './config.ts';
import { type Context, type ContextOptions, createContext } from './context.ts';
import { health } from './health.ts';
import { routes } from './routes/index.ts';
import { startWork } from './work.ts';

export type Service = RunningService<Context>;

/** Starts the batch service: routes, and the work of its role (CHURN_BATCH_ROLE). */
export async function startBatchService(config: BatchConfig, options: ContextOptions = {}): Promise<Service> {
  const built = await createContext(config, options);
  return startService({ name: 'batch', port: 8002 }, built, (context) => {
    const work = startWork(context);
    context.closer.add('work', () => work.close());
    return { routes: routes(context, work.wake), ...health(context) };
  });
}
