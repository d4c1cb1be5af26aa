import { createApp, listen } from '@churn/platform';
import type { Express } from 'express';
import type { MonitoringConfig } from './config.ts';
import { type Context, type ContextOptions, createContext } from './context.ts';
import { routes } from './routes/index.ts';
import { showNewest } from './show-newest.ts';
import { startWork } from './work.ts';

const PORT = 8004;
const VERSION = '0.1.0';

export interface Service {
  url: string;
  context: Context;
  close(): Promise<void>;
}

/** Starts monitoring: a check after each batch run, gauges, reports. */
export async function startMonitoringService(
  config: MonitoringConfig,
  options: ContextOptions = {},
): Promise<Service> {
  const context = await createContext(config, options);
  let closing = false;
  const close = async () => {
    closing = true;
    await context.closer.close();
  };
  try {
    await showNewest(context);
    const work = startWork(context);
    context.closer.add('work', () => work.close());
    const app = createMonitoringApp(context, { wake: work.wake, closing: () => closing });
    const listening = await listen(app, { host: config.HOST, port: config.PORT ?? PORT });
    context.closer.add('http', () => listening.close());
    context.log.info('monitoring is up', { url: listening.url });
    return { url: listening.url, context, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The HTTP side alone. */
function createMonitoringApp(context: Context, work: { wake: () => void; closing: () => boolean }): Express {
  return createApp({
    service: 'monitoring',
    version: VERSION,
    log: context.log,
    metrics: context.metrics,
    auth: context.auth,
    routes: routes(context, work.wake),
    health: {
      closing: work.closing,
      ready: async () => {
        await context.pool.query('SELECT 1');
        return { ok: true, checks: { postgres: 'ok' } };
      },
    },
  });
}
