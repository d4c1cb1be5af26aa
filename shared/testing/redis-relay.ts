import { Redis } from 'ioredis';
import { openRelay, type Relay } from './relay.ts';
import type { TestRedis } from './test-redis.ts';

/** Redis has 16 databases unless told otherwise; 0 is left to its owner, and holds the claims on the others. */
const DATABASES = Array.from({ length: 15 }, (_, index) => index + 1);
const CLAIM_SECONDS = 30 * 60;

/** A database of the given server that no other test file uses, behind a relay on a port of ours, so that a test can take it away. */
export async function relayedRedis(given: string): Promise<TestRedis> {
  const target = new URL(given);
  if (target.protocol !== 'redis:')
    throw new Error(`tests need a plain redis:// URL in REDIS_URL, not ${target.protocol}`);
  const database = await claim(given);
  let relay: Relay | null = await openRelay(given);
  const { port } = relay;
  const url = new URL(given);
  url.host = `127.0.0.1:${port}`;
  url.pathname = `/${database}`;
  const direct = new URL(given);
  direct.pathname = `/${database}`;
  const flush = () => withRedis(direct.href, (client) => client.flushdb());
  await flush();
  return {
    url: url.href,
    get pid(): number {
      throw new Error('the Redis of REDIS_URL is not ours to signal: unset REDIS_URL to run this test');
    },
    flush: async () => void (await flush()),
    async stop() {
      await relay?.close();
      relay = null;
      await flush();
      await withRedis(given, (client) => client.del(claimKey(database)));
    },
    async start() {
      if (relay !== null) return;
      await withRedis(given, (client) => client.set(claimKey(database), process.pid, 'EX', CLAIM_SECONDS));
      relay = await openRelay(given, port);
    },
  };
}

async function claim(url: string): Promise<number> {
  return withRedis(url, async (client) => {
    for (const database of DATABASES) {
      if ((await client.set(claimKey(database), process.pid, 'EX', CLAIM_SECONDS, 'NX')) === 'OK')
        return database;
    }
    throw new Error(
      `all ${DATABASES.length} databases of REDIS_URL are claimed by tests (keys churn:test:claim:*); delete the claims if none runs`,
    );
  });
}

function claimKey(database: number): string {
  return `churn:test:claim:${database}`;
}

async function withRedis<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { maxRetriesPerRequest: 1, commandTimeout: 5_000 });
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}
