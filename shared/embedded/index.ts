export { exitCodeOf, howItEnded } from './how-it-ended.ts';
export { endServersOf } from './leftovers.ts';
export { freePort, isPortFree } from './ports.ts';
export { type PostgresServer, startPostgres } from './postgres.ts';
export { commandOf, isAlive } from './process-table.ts';
export { type RedisServer, startRedis } from './redis.ts';
