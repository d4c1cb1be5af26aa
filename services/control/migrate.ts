import { checkPostgres, createLogger, createPool, migrate } from '@churn/platform';
import { loadControlConfig } from './config.ts';
import { MIGRATIONS } from './context.ts';

/**
 * Applies the migrations that are missing, and ends: what an installation or an upgrade runs before its new pods start. Of the settings it
 * needs DATABASE_URL only:
 *   node services/control/migrate.ts
 */
const config = loadControlConfig();
const log = createLogger('migrate', config.LOG_LEVEL);
const pool = createPool(config.DATABASE_URL, { applicationName: 'churn-migrate', max: 2 });
try {
  await checkPostgres(pool, config.DATABASE_URL);
  const { applied } = await migrate(pool, MIGRATIONS, log);
  log.info('the schema is up to date', { applied });
} finally {
  await pool.end();
}
