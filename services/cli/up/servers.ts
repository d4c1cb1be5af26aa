import { join } from 'node:path';
import { startPostgres, startRedis } from '@churn/embedded';
import { checkRedis } from '@churn/platform';
import { type KeepHooks, keepRunning } from './keep-running.ts';
import { isGiven, loadUpSettings } from './settings.ts';
import type { State } from './state.ts';

/** Preferred, so that tools find them again; another port is taken when one of these is not free. */
const POSTGRES_PORT = 5499;
const REDIS_PORT = 6399;

export interface Servers {
  /** What the services need to find them: only what is not given already. */
  env: Record<string, string>;
  /** For people: 'PostgreSQL on 5499' or 'PostgreSQL from DATABASE_URL'. */
  described: string[];
  stop(): Promise<void>;
}

const REDIS_SETTINGS = ['REDIS_URL', 'FEATURE_REDIS_URL', 'QUEUE_REDIS_URL'] as const;

/**
 * Starts PostgreSQL and Redis where no URL is given, and again when one ends; before that, asks each Redis that is given whether it is there.
 * Throws EmbeddedServerError, or the error of a Redis that is away.
 */
export async function startServers(state: State, env: NodeJS.ProcessEnv, hooks: KeepHooks): Promise<Servers> {
  await checkGivenRedis(env);
  const stops: (() => Promise<void>)[] = [];
  const servers: Servers = {
    env: {},
    described: [],
    stop: async () => void (await Promise.all(stops.map((stop) => stop()))),
  };
  try {
    if (isGiven(env, 'DATABASE_URL')) servers.described.push('PostgreSQL from DATABASE_URL');
    else {
      const kept = await keepRunning(
        'PostgreSQL',
        () => startPostgres({ dir: join(state.dir, 'postgres'), port: POSTGRES_PORT }),
        hooks,
      );
      stops.push(kept.stop);
      servers.env.DATABASE_URL = kept.current().url;
      servers.described.push(`PostgreSQL on port ${kept.current().port}`);
    }
    if (redisIsGiven(env)) servers.described.push('Redis from its URL');
    else {
      const kept = await keepRunning(
        'Redis',
        () => startRedis({ dir: join(state.dir, 'redis'), port: REDIS_PORT, aof: true }),
        hooks,
      );
      stops.push(kept.stop);
      servers.env.REDIS_URL = kept.current().url;
      servers.described.push(`Redis on port ${kept.current().port}`);
    }
  } catch (error) {
    await servers.stop();
    throw error;
  }
  return servers;
}

/** A service would only find out when a request needs it, and then cannot name the setting. */
async function checkGivenRedis(env: NodeJS.ProcessEnv): Promise<void> {
  const config = loadUpSettings(env);
  for (const name of REDIS_SETTINGS) {
    const url = config[name];
    if (url !== undefined) await checkRedis(url, name);
  }
}

function redisIsGiven(env: NodeJS.ProcessEnv): boolean {
  return isGiven(env, 'REDIS_URL') || (isGiven(env, 'FEATURE_REDIS_URL') && isGiven(env, 'QUEUE_REDIS_URL'));
}
