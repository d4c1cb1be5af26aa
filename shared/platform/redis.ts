import { type Command, Redis, type RedisOptions } from 'ioredis';
import { within } from './lifecycle.ts';
import type { Logger } from './log.ts';
import { withoutCredentials } from './redact.ts';

/**
 * - serving: an answer within 200 ms or an error at once; nothing waits for a Redis that is away.
 * - worker: background work; waits longer, tries again.
 * - queue: what BullMQ wants (it handles retries itself).
 */
export type RedisRole = 'serving' | 'worker' | 'queue';

const ROLES: Record<RedisRole, RedisOptions> = {
  serving: { commandTimeout: 200, enableOfflineQueue: false, maxRetriesPerRequest: 0 },
  worker: { commandTimeout: 10_000, maxRetriesPerRequest: 3 },
  queue: { maxRetriesPerRequest: null, enableOfflineQueue: true },
};

/**
 * Before a command is given up the socket is read once more. After a stall of the process (a busy machine, a long collection) Node comes to its
 * timers first: every command would be called late whose answer has long been there.
 */
class PatientRedis extends Redis {
  override sendCommand(...[command, stream]: Parameters<Redis['sendCommand']>): unknown {
    command.setTimeout = (ms) => giveUpAfter(command, ms);
    return super.sendCommand(command, stream);
  }
}

function giveUpAfter(command: Command, ms: number): void {
  const late = () => {
    if (!command.isSettled) command.reject(new Error('Command timed out'));
  };
  const timer = setTimeout(() => setImmediate(late), ms);
  const end = () => clearTimeout(timer);
  command.promise.then(end, end);
}

/** A client that reconnects for ever, with pauses of at most 2 s, and logs each change of fortune once. */
export function createRedis(url: string, role: RedisRole, log?: Logger): Redis {
  const options: RedisOptions & { replyMapping: 'legacy' } = {
    ...ROLES[role],
    replyMapping: 'legacy',
    connectTimeout: 2_000,
    // ioredis holds the event loop for so long when it lets go of a server that is gone already.
    disconnectTimeout: 200,
    keepAlive: 10_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000),
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
  const redis = new PatientRedis(url, options);
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) log?.warn('Redis is away', { role, error: error.message });
    away = true;
  });
  redis.on('ready', () => {
    if (away) log?.info('Redis is back', { role });
    away = false;
  });
  return redis;
}

/** Ends a client without waiting for a server that is not there. */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status === 'ready')
    await Promise.race([redis.quit().catch(() => {}), new Promise((r) => setTimeout(r, 500).unref())]);
  redis.disconnect();
}

const CHECK_MS = 3_000;

/** Ends with a sentence for people, which names the setting, when the Redis of a URL does not answer PING within 3 s. */
export async function checkRedis(url: string, setting: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: CHECK_MS, retryStrategy: () => null });
  // What `connect` rejects with says only that the connection is closed.
  let why: Error | undefined;
  redis.on('error', (error: Error) => {
    why ??= error;
  });
  try {
    const asked = redis.connect().then(() => redis.ping());
    await within(CHECK_MS, asked, 'its answer to PING');
  } catch (error) {
    const reason = why ?? error;
    throw new Error(
      `Redis at ${withoutCredentials(url)} cannot be used (${reason instanceof Error ? reason.message : String(reason)}). Check ${setting} and that the server runs.`,
    );
  } finally {
    redis.disconnect();
  }
}
