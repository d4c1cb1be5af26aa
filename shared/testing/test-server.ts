import { resolve } from 'node:path';
import { startPostgres } from '@churn/embedded';
import { createPool, migrate } from '@churn/platform';
import { createDatabase, databaseUrl, dropDatabase } from './databases.ts';
import { sweepAbandoned } from './sweep.ts';
import { testFolder } from './test-folder.ts';

const MIGRATIONS = resolve(import.meta.dirname, '../../migrations');

interface Running {
  url: string;
  template: string;
  stop: () => Promise<void>;
}

// Setup and teardown may be loaded as separate modules; they share the process.
const slot: { churnTestServer?: Running } = globalThis as typeof globalThis & { churnTestServer?: Running };

/** Starts PostgreSQL (or uses DATABASE_URL) and makes a migrated template, from which each test file gets its database in milliseconds. */
export async function startTestServer(): Promise<{ url: string; template: string }> {
  const template = `churn_template_${process.pid}`;
  const given = process.env.DATABASE_URL;
  const server = given === undefined ? await startOwn() : { url: given, stop: async () => {} };
  slot.churnTestServer = { ...server, template };
  await createDatabase(server.url, template);
  await migrateTemplate(databaseUrl(server.url, template));
  return slot.churnTestServer;
}

export async function stopTestServer(): Promise<void> {
  const running = slot.churnTestServer;
  if (running === undefined) return;
  if (process.env.DATABASE_URL !== undefined) await dropDatabase(running.url, running.template);
  await running.stop();
}

async function startOwn(): Promise<Omit<Running, 'template'>> {
  await sweepAbandoned();
  return startPostgres({
    dir: testFolder('postgres'),
    durable: false,
    removeOnStop: true,
  });
}

async function migrateTemplate(url: string): Promise<void> {
  const pool = createPool(url, { applicationName: 'churn-test-setup', max: 1 });
  try {
    await migrate(pool, MIGRATIONS);
  } finally {
    await pool.end();
  }
}
