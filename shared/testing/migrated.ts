import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** TEMPORARY until @churn/platform has migrate(). */
export async function migrateDatabase(url: string, dir: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const name of readdirSync(dir)
    .filter((file) => file.endsWith('.sql'))
    .sort()) {
    await client.query(readFileSync(join(dir, name), 'utf8'));
  }
  await client.end();
}
