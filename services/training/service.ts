import { type RunningService, startService } from '@churn/platform';
import type { TrainingConfig } from './config.ts';
import { type Context, type ContextOptions, createContext } from './context.ts';
import { routes } from './routes/index.ts';
import { startWork } from './work.ts';

export type Service = RunningService<Context>;

/** Starts training: routes, and the loop that trains what waits. */
export function startTrainingService(config: TrainingConfig, options: ContextOptions = {}): Promise<Service> {
  return startService({ name: 'training', port: 8003 }, createContext(config, options), (context) => {
    const work = startWork(context);
    context.closer.add('work', () => work.close());
    return { routes: routes(context, work.wake) };
  });
}
