import { checkPostgres, migrate, type RunningService, startService } from '@churn/platform';
import type { ControlConfig } from './config.ts';
import { type Context, type ContextOptions, createContext, MIGRATIONS } from './context.ts';
import { routes } from './routes/index.ts';

export type Service = RunningService<Context>;

/** Starts control: applies the migrations that are missing (two may start at once), then serves. */
export function startControlService(config: ControlConfig, options: ContextOptions = {}): Promise<Service> {
  return startService({ name: 'control', port: 8080 }, createContext(config, options), async (context) => {
    await checkPostgres(context.pool, config.DATABASE_URL);
    await migrate(context.pool, MIGRATIONS, context.log);
    return { routes: routes(context), jsonLimit: '1mb' };
  });
}
