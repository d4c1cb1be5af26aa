import { type RedisServer, startRedis } from '@churn/embedded';
import { Redis } from 'ioredis';
import { relayedRedis } from './redis-relay.ts';
import { testFolder } from './test-folder.ts';
import type { TestRedis } from './test-redis.ts';

/**
 * A redis-server of its own on a free port, without persistence, gone when the test process ends. With REDIS_URL set none is started:
 * then it is a free database of that server behind a relay, whose pid is not ours to know.
 */
export async function createTestRedis(): Promise<TestRedis> {
  const given = process.env.REDIS_URL;
  return given === undefined ? ownRedis() : relayedRedis(given);
}

async function ownRedis(): Promise<TestRedis> {
  let server: RedisServer | null = await launch();
  const { url, port } = server;
  const password = new URL(url).password;
  return {
    url,
    get pid() {
      if (server === null) throw new Error('this Redis is stopped');
      return server.pid;
    },
    async flush() {
      const client = new Redis(url, { maxRetriesPerRequest: 1, commandTimeout: 5_000 });
      await client.flushall();
      client.disconnect();
    },
    async stop() {
      await server?.stop();
      server = null;
    },
    async start() {
      server ??= await launch({ port, password });
    },
  };
}

function launch(again?: { port: number; password: string }): Promise<RedisServer> {
  return startRedis({
    dir: testFolder('redis'),
    aof: false,
    removeOnStop: true,
    ...again,
  });
}
