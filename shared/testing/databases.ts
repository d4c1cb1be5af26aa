import pg from 'pg';

/** The URL of another database on the same server. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

export function createDatabase(server: string, name: string, template?: string): Promise<void> {
  return administer(
    server,
    `CREATE DATABASE "${name}"${template === undefined ? '' : ` TEMPLATE "${template}"`}`,
  );
}

/** Ends the connections to it, too. */
export function dropDatabase(server: string, name: string): Promise<void> {
  return administer(server, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
}

async function administer(server: string, sql: string): Promise<void> {
  const client = new pg.Client({
    connectionString: server,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 60_000,
  });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
