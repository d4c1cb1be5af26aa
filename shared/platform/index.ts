export * from './auth.ts';
export { type Config, ConfigError, loadConfig, redisUrl } from './config.ts';
export { databaseReady } from './database-ready.ts';
export * from './errors.ts';
export type { Health } from './http/health.ts';
export { inTime } from './http/in-time.ts';
export {
  defineRoute,
  type Route,
} from './http/route.ts';
export { type RunningService, startService } from './http/start-service.ts';
export { Closer, runService } from './lifecycle.ts';
export { createLogger, type Logger } from './log.ts';
export { createMetrics, type Metrics, sharedAnswer } from './metrics.ts';
export { migrate } from './migrate.ts';
export { checkPostgres, createPool, inTransaction } from './postgres.ts';
export { withoutCredentials } from './redact.ts';
export { checkRedis, closeRedis, createRedis, type RedisRole } from './redis.ts';
export { pause } from './retry.ts';
export { type SettingName, settings } from './settings.ts';
export { subscribe } from './subscribe.ts';
