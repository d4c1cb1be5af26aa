/**
 * Kills, freezes and restarts each process of a running platform in turn while clients keep asking each service, and says what they were
 * answered: wrong, hung and unclear answers fail the script, and so does an event that is lost or counted twice. Usage: npm run faults
 * [process ...]. On a platform of its own; Linux. Takes about four minutes.
 */
import { createPool } from '@churn/platform';
import type { Pool } from 'pg';
import { discrepancies, readAccount, type Stores } from './faults/account.ts';
import { deliver } from './faults/deliver.ts';
import { eventProbe, type Posted } from './faults/event-probe.ts';
import { LISTS, listProbe, statusProbe } from './faults/list-probes.ts';
import { predictionProbes, type StoredPrediction } from './faults/prediction-probes.ts';
import { type Answer, type Probe, startProbes } from './faults/probe.ts';
import { complaint, FAULTS, type Fault } from './faults/verdict.ts';
import { patiently } from './harness/patiently.ts';
import { report, whole } from './harness/report.ts';
import { PROCESSES, type ProcessName, startPlatform } from './harness/running-platform.ts';

const PROJECT = 'cdnow';
const SETTLE_MS = 60_000;
const HEADER = [
  'process',
  'fault',
  'answered',
  'degraded',
  'refused',
  'no connection',
  'slowest of the others, ms',
  'all well again after s',
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !PROCESSES.some((process) => process === name));
if (unknown.length > 0)
  throw new Error(`there is no process ${unknown.join(', ')}; there are ${PROCESSES.join(', ')}`);
const victims = PROCESSES.filter((name) => asked.length === 0 || asked.includes(name));

const platform = await startPlatform();
const posted: Posted = {
  customer: 'fault-probe',
  source: 'transactions',
  sent: new Set(),
  accepted: new Set(),
};
const bad: string[] = [];
try {
  const day = today();
  const stores = await openStores();
  const probes = await allProbes(stores.pool);
  const rows: string[][] = [];
  for (const victim of victims)
    for (const fault of FAULTS) rows.push(await meet(victim, fault, probes, stores));
  await stores.pool.end();
  if (today() !== day) bad.push(`a day ended (UTC), which moves every prediction: run it again`);
  report({
    title: 'Answers while processes die, freeze and restart',
    command: 'npm run faults',
    what: `Each process of \`churn up examples/cdnow\` in turn, while ${probes.length} clients ask each service all the time. "refused" is a 503 that says what is away and when to come again; it and "no connection" are excused from the process itself, and "refused" also without a store that the answer needs. "degraded" is a stored prediction. Only a process that is frozen itself may leave a question without an answer. After each fault each event that was answered with 202 (${whole(posted.accepted.size)} in the end) is looked for: once in Postgres, once in the lake, counted once online. Answers that were wrong, hung (10 s), unclear or not excused, and events that do not add up: ${bad.length}.`,
    header: HEADER,
    rows,
  });
  for (const line of new Set(bad)) console.error(line);
  if (bad.length > 0) process.exitCode = 1;
} finally {
  const { left } = await platform.end();
  if (left > 0) process.exitCode = 1;
}

async function openStores(): Promise<Stores> {
  const { DATABASE_URL = '', LAKE_URL = '' } = await platform.environmentOf('batch');
  return {
    pool: createPool(DATABASE_URL, { applicationName: 'faults' }),
    project: PROJECT,
    lakeUrl: LAKE_URL,
    tempDir: platform.dir,
    inferenceUrl: platform.url('inference'),
  };
}

/** What clients ask; what is known of the answers is what the demo left. */
async function allProbes(pool: Pool): Promise<Probe[]> {
  const { rows } = await pool.query<StoredPrediction>(
    `SELECT customer_id, churn_probability, churn_risk, eligible, model || '/' || model_version AS model_version
     FROM churn_predictions ORDER BY customer_id LIMIT 500`,
  );
  const lists = LISTS.map(async (list) => {
    const answer = await fetch(`${platform.url(list.service)}${list.path}`);
    const known = list.items(await answer.json());
    if (known.length === 0) throw new Error(`${list.path} lists nothing`);
    return listProbe(platform.url(list.service), list, known);
  });
  return [
    ...predictionProbes(platform.url('inference'), rows),
    eventProbe(platform.url('ingestion'), posted),
    statusProbe(platform.url('ingestion')),
    ...(await Promise.all(lists)),
  ];
}

/** One fault: probes run from before it until everything answers again; then the events are counted. */
async function meet(
  victim: ProcessName,
  fault: Fault,
  probes: readonly Probe[],
  stores: Stores,
): Promise<string[]> {
  const note = (why: string) => bad.push(`${victim}, ${fault}: ${why}`);
  const running = startProbes(probes);
  await patiently(async () => requireWell(running.newest()), { limitMs: SETTLE_MS });
  // So that the compactor is met at work.
  await stores.pool.query('SELECT pg_notify($1, $2)', ['churn_compact', PROJECT]);
  const began = performance.now();
  await deliver(platform, victim, fault);
  const since = performance.now();
  await patiently(async () => requireWell(running.newest(since)), { limitMs: SETTLE_MS }).catch((error) =>
    note(error.message),
  );
  const wellSeconds = (performance.now() - began) / 1000;
  const answers = await running.stop();
  bad.push(...answers.flatMap((answer) => complaint(answer, victim, fault) ?? []));
  const account = await readAccount(stores, posted).then(discrepancies, (error) => [String(error)]);
  account.forEach(note);
  const row = rowOf(victim, fault, answers, wellSeconds);
  console.error(row.join('  '));
  return row;
}

/** Throws unless each probe's newest answer is there and good. */
function requireWell(newest: ReadonlyMap<string, Answer | undefined>): void {
  for (const [probe, answer] of newest)
    if (answer?.kind !== 'answered')
      throw new Error(`${probe} is still ${answer?.kind ?? 'without an answer'}: ${answer?.text}`);
}

function rowOf(victim: ProcessName, fault: Fault, answers: readonly Answer[], wellSeconds: number): string[] {
  const count = (kind: Answer['kind']) => String(answers.filter((answer) => answer.kind === kind).length);
  const [slowest] = answers
    .filter(({ probe }) => probe.service !== victim)
    .sort((a, b) => b.tookMs - a.tookMs);
  return [
    victim,
    fault,
    count('answered'),
    count('degraded'),
    count('refused'),
    count('no connection'),
    slowest === undefined ? '' : `${whole(slowest.tookMs)} (${slowest.probe.name})`,
    wellSeconds.toFixed(1),
  ];
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
