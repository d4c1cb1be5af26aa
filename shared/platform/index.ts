export * from './auth.ts';
export { type Config, ConfigError, loadConfig, redisUrl } from './config.ts';
export { databaseReady } from './database-ready.ts';
export * from './errors.ts';
export type { Health } from './http/health.ts';
export { inTime } from './http/in-time.ts';
export {
  defineRoute,
  type ResponseSpec,
  type Route,
  type RouteAnswer,
  type RouteInput,
} from './http/route.ts';
export { type RunningService, startService } from './http/start-service.ts';
export { lead } from './leader.ts';
export { Closer, runService, within } from './lifecycle.ts';
export { createLogger, type Logger, requestContext } from './log.ts';
export { createMetrics, type Metrics, sharedAnswer } from './metrics.ts';
export { migrate } from './migrate.ts';
export { checkPostgres, connection, createPool, inTransaction } from './postgres.ts';
export { withoutCredentials } from './redact.ts';
export { checkRedis, closeRedis, createRedis, type RedisRole } from './redis.ts';
export { backoffMs, pause } from './retry.ts';
export { describeSettings, type SettingName, settings } from './settings.ts';
export { type Subscription, subscribe } from './subscribe.ts';
