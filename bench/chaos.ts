/**
 * Kills each process of a running platform with SIGKILL while a batch run is under way, and checks that the run completes with each customer
 * predicted exactly once and the CRM's table whole. Then empties Redis and has `churn features materialize` rebuild it.
 * Usage: npm run chaos. On a platform of its own (churn up examples/cdnow with a folder and ports of its own); Linux, since it reads /proc.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { batchRun, predictOneResponse, runAccepted } from '@churn/contracts';
import { freePort } from '@churn/embedded';
import { Redis } from 'ioredis';
import pg from 'pg';
import { report } from './harness/report.ts';

const VICTIMS = [
  'batch',
  'ingestion',
  'inference',
  'training',
  'monitoring',
  'control',
  'redis',
  'postgres',
] as const;
type Victim = (typeof VICTIMS)[number];
const SERVICES = ['control', 'ingestion', 'training', 'batch', 'monitoring', 'inference'] as const;
const UP_MS = 120_000;
const RUN_MS = 90_000;
/** Small, so that a run lasts long enough to be met half way. */
const CHUNK_ROWS = '100';

const dir = await mkdtemp(join(tmpdir(), 'churn-chaos-'));
const env: Record<string, string> = { PATH: process.env.PATH ?? '', CHURN_BATCH_CHUNK_ROWS: CHUNK_ROWS };
for (const service of SERVICES)
  env[`CHURN_${service.toUpperCase()}_URL`] = `http://127.0.0.1:${await freePort()}`;
const up = spawn(process.execPath, ['services/cli/main.ts', 'up', 'examples/cdnow', '--state', dir], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
let failed = true;
try {
  await serving(up);
  const rows: string[][] = [];
  for (const victim of VICTIMS) rows.push(await killDuringRun(victim));
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
  up.kill('SIGINT');
  const started = performance.now();
  if (up.exitCode === null) await once(up, 'exit');
  const left = await descendants(up.pid ?? 0, dir);
  console.log(
    `Ctrl-C: everything ended within ${((performance.now() - started) / 1000).toFixed(1)} s; left running: ${left.length}`,
  );
  await rm(dir, { recursive: true, force: true });
  if (failed || left.length > 0) process.exitCode = 1;
}

async function serving(child: ChildProcess): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGINT'), UP_MS);
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('Serving')) continue;
    clearTimeout(timer);
    child.stdout.resume();
    return;
  }
  throw new Error('churn up ended before it served');
}

async function killDuringRun(victim: Victim): Promise<string[]> {
  const url = env.CHURN_BATCH_URL ?? '';
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
  const met = await patiently(async () => {
    const run = await state();
    if (run.state === 'succeeded') return run;
    if (run.chunks === 0 || run.chunks_done < run.chunks / 5) throw new Error(`still ${run.state}`);
    return run;
  }, 5);
  if (met.chunks_done === met.chunks) throw new Error(`the run was over before ${victim} was killed`);
  process.kill(await pidOf(victim), 'SIGKILL');
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
  const client = new pg.Client({ connectionString: (await environmentOf('batch')).DATABASE_URL });
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
  const { REDIS_URL, DATABASE_URL } = await environmentOf('inference');
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  const { rows } = await client.query('SELECT customer_id FROM churn_predictions LIMIT 1');
  await client.end();
  const ask = async () => {
    const answer = await fetch(`${env.CHURN_INFERENCE_URL}/predict`, {
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
  const cli = spawn(process.execPath, ['services/cli/main.ts', 'features', 'materialize'], {
    env: { ...env, CHURN_PROJECT: 'cdnow' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(cli, 'exit');
  if (code !== 0) throw new Error(`churn features materialize ended with ${code}`);
  const after = await ask();
  if (after !== before) throw new Error(`/predict said ${before}, and ${after} once rebuilt`);
  return [before, emptied, after];
}

/** Tries until it does not throw, at most RUN_MS; rethrows the last error. */
async function patiently<T>(attempt: () => Promise<T>, everyMs = 100): Promise<T> {
  const deadline = performance.now() + RUN_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}

interface Proc {
  pid: number;
  command: string;
}

/** The processes that belong to the platform: below `root`, or named by its folder. */
async function descendants(root: number, folder: string): Promise<Proc[]> {
  const all = new Map<number, Proc & { parent: number }>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const [stat, line] = await Promise.all([
      readFile(`/proc/${name}/stat`, 'utf8').catch(() => ''),
      readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => ''),
    ]);
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (stat === '' || state === 'Z') continue;
    all.set(Number(name), { pid: Number(name), parent: Number(parent), command: line.replaceAll('\0', ' ') });
  }
  const below = (proc: { parent: number } | undefined): boolean =>
    proc !== undefined && (proc.parent === root || below(all.get(proc.parent)));
  return [...all.values()].filter(
    (proc) => proc.pid !== root && (below(proc) || proc.command.includes(folder)),
  );
}

async function pidOf(victim: Victim): Promise<number> {
  const looks: Record<Victim, (command: string) => boolean> = {
    ...Object.fromEntries(
      SERVICES.map((service) => [
        service,
        (command: string) => command.includes(`services/${service}/main.ts`),
      ]),
    ),
    redis: (command: string) => /^\S*redis-server/.test(command),
    postgres: (command: string) => /^\S*\/postgres /.test(command),
  } as Record<Victim, (command: string) => boolean>;
  const found = (await descendants(up.pid ?? 0, dir)).filter(({ command }) => looks[victim](command));
  const [first] = found;
  if (first === undefined) throw new Error(`no process of ${victim} is running`);
  return first.pid;
}

async function environmentOf(victim: Victim): Promise<Record<string, string | undefined>> {
  const text = await patiently(async () => readFile(`/proc/${await pidOf(victim)}/environ`, 'utf8'));
  return Object.fromEntries(
    text
      .split('\0')
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}
