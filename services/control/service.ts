import { checkPostgres, createApp, listen, migrate } from '@churn/platform';
import type { Express } from 'express';
import type { ControlConfig } from './config.ts';
import { type Context, type ContextOptions, createContext, MIGRATIONS } from './context.ts';
import { routes } from './routes/index.ts';

const PORT = 8080;
const VERSION = '0.1.0';

export interface Service {
  url: string;
  context: Context;
  close(): Promise<void>;
}

/** Starts control: applies the migrations that are missing (two may start at once), then serves. */
export async function startControlService(
  config: ControlConfig,
  options: ContextOptions = {},
): Promise<Service> {
  const context = createContext(config, options);
  let closing = false;
  const close = async () => {
    closing = true;
    await context.closer.close();
  };
  try {
    await checkPostgres(context.pool, config.DATABASE_URL);
    await migrate(context.pool, MIGRATIONS, context.log);
    const app = createControlApp(context, () => closing);
    const listening = await listen(app, { host: config.HOST, port: config.PORT ?? PORT });
    context.closer.add('http', () => listening.close());
    context.log.info('control is up', { url: listening.url });
    return { url: listening.url, context, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The HTTP side alone. */
function createControlApp(context: Context, closing: () => boolean): Express {
  return createApp({
    service: 'control',
    version: VERSION,
    log: context.log,
    metrics: context.metrics,
    auth: context.auth,
    routes: routes(context),
    health: {
      closing,
      ready: async () => {
        await context.pool.query('SELECT 1');
        return { ok: true, checks: { postgres: 'ok' } };
      },
    },
    jsonLimit: '1mb',
  });
}
