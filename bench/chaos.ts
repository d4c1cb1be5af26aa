/**
 * Kills each process of a running platform with SIGKILL while a batch run is under way, and checks that the run completes with each customer
 * predicted exactly once and the CRM's table whole. Then empties Redis and has `churn features materialize` rebuild it.
 * Usage: npm run chaos. On a platform of its own (churn up examples/cdnow with a folder and ports of its own); Linux, since it reads /proc.
 */
import { batchRun, predictOneResponse, runAccepted } from '@churn/contracts';
import { Redis } from 'ioredis';
import pg from 'pg';
import { patiently } from './harness/patiently.ts';
import { report } from './harness/report.ts';
import { PROCESSES, type ProcessName, startPlatform } from './harness/running-platform.ts';

/** Small, so that a run lasts long enough to be met half way. */
const CHUNK_ROWS = '100';

const platform = await startPlatform({ CHURN_BATCH_CHUNK_ROWS: CHUNK_ROWS });
let failed = true;
try {
  const rows: string[][] = [];
  for (const victim of PROCESSES) rows.push(await killDuringRun(victim));
  report({
    title: 'kill -9 during a batch run',
    command: 'npm run chaos',
    what: 'Each process of `churn up examples/cdnow` in turn, once a fifth of the chunks is done. Predictions, customers and rows of the CRM are counted in Postgres afterwards.',
    header: [
      'killed',
      'chunks done at the kill',
      'seconds to the end',
      'predictions',
      'customers',
      'CRM rows',
      'high risk',
    ],
    rows,
  });
  report({
    title: 'Redis emptied',
    command: 'npm run chaos',
    what: 'FLUSHALL, then /predict for a customer, `churn features materialize`, and /predict again.',
    header: ['/predict before', 'after FLUSHALL', 'after materialize'],
    rows: [await emptyRedis()],
  });
  failed = false;
} finally {
  const { seconds, left } = await platform.end();
  console.log(`Ctrl-C: everything ended within ${seconds.toFixed(1)} s; left running: ${left}`);
  if (failed || left > 0) process.exitCode = 1;
}

async function killDuringRun(victim: ProcessName): Promise<string[]> {
  const url = platform.url('batch');
  const { run_id: id } = await patiently(async () => {
    const answer = await fetch(`${url}/batch-runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    if (answer.status !== 202) throw new Error(await answer.text());
    return runAccepted.parse(await answer.json());
  });
  const state = async () => batchRun.parse(await (await fetch(`${url}/batch-runs/${id}`)).json());
  const met = await patiently(
    async () => {
      const run = await state();
      if (run.state === 'succeeded') return run;
      if (run.chunks === 0 || run.chunks_done < run.chunks / 5) throw new Error(`still ${run.state}`);
      return run;
    },
    { everyMs: 5 },
  );
  if (met.chunks_done === met.chunks) throw new Error(`the run was over before ${victim} was killed`);
  process.kill(await platform.pidOf(victim), 'SIGKILL');
  const killedAt = performance.now();
  const run = await patiently(async () => {
    const now = await state();
    if (now.state === 'failed') return now;
    if (now.state !== 'succeeded') throw new Error(`still ${now.state}`);
    return now;
  });
  const seconds = (performance.now() - killedAt) / 1000;
  const counted = await count(id);
  const { customers, high_risk: high } = run;
  const row = [
    victim,
    `${met.chunks_done} of ${met.chunks}`,
    seconds.toFixed(1),
    ...counted.map(String),
    String(high),
  ];
  console.error(row.join('  '));
  const [predictions, distinct, crm] = counted;
  if (run.state !== 'succeeded' || predictions !== customers || distinct !== customers || crm !== high)
    throw new Error(`after the kill of ${victim}: ${JSON.stringify({ run, counted })}`);
  return row;
}

/** Predictions of the run, customers among them, and rows of the CRM's table. */
async function count(id: string): Promise<[number, number, number]> {
  // Its process may be the one that was killed.
  const { DATABASE_URL } = await patiently(() => platform.environmentOf('batch'));
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  const { rows } = await client.query(
    `SELECT count(*)::int AS n, count(DISTINCT customer_id)::int AS d, (SELECT count(*)::int FROM high_churn_risk_customers) AS crm
     FROM churn_predictions WHERE run_id = $1`,
    [id],
  );
  await client.end();
  return [rows[0].n, rows[0].d, rows[0].crm];
}

async function emptyRedis(): Promise<string[]> {
  const { REDIS_URL, DATABASE_URL } = await platform.environmentOf('inference');
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  const { rows } = await client.query('SELECT customer_id FROM churn_predictions LIMIT 1');
  await client.end();
  const ask = async () => {
    const answer = await fetch(`${platform.url('inference')}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customer_id: rows[0].customer_id }),
    });
    const body = await answer.text();
    const { churn_probability: p, degraded } = predictOneResponse.parse(JSON.parse(body));
    return `${answer.status}, ${p.toFixed(6)}${degraded ? ', degraded' : ''}`;
  };
  const before = await ask();
  const redis = new Redis(REDIS_URL ?? '', { maxRetriesPerRequest: 1 });
  await redis.flushall();
  redis.disconnect();
  const emptied = await ask();
  await platform.churn('features', 'materialize');
  const after = await ask();
  if (after !== before) throw new Error(`/predict said ${before}, and ${after} once rebuilt`);
  return [before, emptied, after];
}
