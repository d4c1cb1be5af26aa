/**
 * Events in: POST /events one by one, in arrays and as NDJSON, and the import of a CSV, against a service process of its own.
 * Usage: node bench/events.ts [rows of the CSV, default 1000000]. Ends within 5 minutes.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ProjectIr } from '@churn/features';
import { insertProject, sampleProject } from '@churn/testing';
import type { Pool } from 'pg';
import { load } from './harness/load.ts';
import { withPlatform } from './harness/platform.ts';
import { ms, report, whole } from './harness/report.ts';

const ROWS = Number(process.argv[2] ?? 1_000_000);
const SECONDS = 8;
const CUSTOMERS = 50_000;
/** Events with a key, as systems send them: each is looked for among those that came before. */
const KEYED = sampleProject();
const FILES = sampleProject({ project: 'files' });

let sequence = 0;

await withPlatform(5 * 60_000, async (platform) => {
  await insertProject(platform.pool, KEYED);
  await insertProject(platform.pool, FILES);
  const posted = await platform.spawn('ingestion', KEYED.project);
  const rows: string[][] = [];
  for (const [name, connections, events, lines] of [
    ['one', 1, 1, false],
    ['one', 32, 1, false],
    ['an array', 4, 1_000, false],
    ['NDJSON', 4, 1_000, true],
  ] as const) {
    const measured = await load({
      url: posted.url,
      path: '/events',
      connections,
      seconds: SECONDS,
      contentType: lines ? 'application/x-ndjson' : 'application/json',
      body: () => body(events, lines),
    });
    const { perSecond, p50, p99 } = measured;
    rows.push([name, String(connections), String(events), whole(perSecond * events), ms(p50), ms(p99)]);
  }
  const seen = await projected(platform.pool, KEYED);
  await posted.stop();
  report({
    title: 'POST /events',
    command: 'node bench/events.ts',
    what: `202 after commit, fsync on; one service process that projects and compacts at the same time, ${SECONDS} s a row. The ${whole(sequence)} events were all in the online store ${seen.toFixed(1)} s after the last answer.`,
    header: ['body', 'connections', 'events a request', 'events/s', 'p50 ms', 'p99 ms'],
    rows,
  });

  const path = join(platform.dir, 'orders.csv');
  await writeCsv(path);
  const ingestion = await platform.spawn('ingestion', FILES.project);
  const started = performance.now();
  const response = await fetch(`${ingestion.url}/imports?source=orders&format=csv&file_name=orders.csv`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: Readable.toWeb(createReadStream(path)),
    duplex: 'half',
  });
  const answer = await response.text();
  const seconds = (performance.now() - started) / 1000;
  if (!response.ok || !answer.includes(`"rows_imported":${ROWS}`)) throw new Error(answer);
  report({
    title: 'Import of a CSV',
    command: 'node bench/events.ts',
    what: `${whole(ROWS)} orders of ${whole(CUSTOMERS)} customers over HTTP: checked, written as Parquet, and the online state of every customer rebuilt before the answer.`,
    header: ['rows', 'seconds', 'rows/s'],
    rows: [[whole(ROWS), seconds.toFixed(1), whole(ROWS / seconds)]],
  });
});

function order() {
  const id = sequence++;
  return {
    source: 'orders',
    event_id: `e${id}`,
    customer_id: `c${(id * 7919) % CUSTOMERS}`,
    ordered_at: new Date(Date.now() - (id % 1_000) * 60_000).toISOString(),
    amount: (500 + (id % 10_000)) / 100,
    quantity: 1 + (id % 3),
  };
}

function body(events: number, lines: boolean): string {
  if (events === 1) return JSON.stringify(order());
  const all = Array.from({ length: events }, order);
  return lines ? all.map((event) => JSON.stringify(event)).join('\n') : JSON.stringify(all);
}

/** Seconds until the projector has caught up. */
async function projected(pool: Pool, { project }: ProjectIr): Promise<number> {
  const started = performance.now();
  for (;;) {
    const { rowCount } = await pool.query(
      `SELECT FROM event_inbox i LEFT JOIN inbox_consumer c ON c.project_id = i.project_id AND consumer = 'projector'
       WHERE i.project_id = $1 AND i.position > coalesce(c.position, 0) LIMIT 1`,
      [project],
    );
    if (rowCount === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return (performance.now() - started) / 1000;
}

async function writeCsv(path: string): Promise<void> {
  const lines = function* (): Generator<string> {
    yield 'customer_id,ordered_at,amount,quantity\n';
    const start = Date.now() - 400 * 86_400_000;
    for (let i = 0; i < ROWS; i++) {
      const at = new Date(start + ((i * 7919) % (400 * 86_400)) * 1000).toISOString();
      yield `c${(i * 31) % CUSTOMERS},${at},${(5 + (i % 10_000) / 100).toFixed(2)},${1 + (i % 3)}\n`;
    }
  };
  await pipeline(Readable.from(lines()), createWriteStream(path));
}
