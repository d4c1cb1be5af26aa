import { type RunningService, startService } from '@churn/platform';
import type { MonitoringConfig } from './config.ts';
import { type Context, type ContextOptions, createContext } from './context.ts';
import { routes } from './routes/index.ts';
import { showNewest } from './show-newest.ts';
import { startWork } from './work.ts';

export type Service = RunningService<Context>;

/** Starts monitoring: a check after each batch run, gauges, reports. */
export async function startMonitoringService(
  config: MonitoringConfig,
  options: ContextOptions = {},
): Promise<Service> {
  const built = await createContext(config, options);
  return startService({ name: 'monitoring', port: 8004 }, built, async (context) => {
    await showNewest(context);
    const work = startWork(context);
    context.closer.add('work', () => work.close());
    return { routes: routes(context, work.wake) };
  });
}
