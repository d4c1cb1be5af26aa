/**
 * Kills and freezes each process of a running platform in turn while clients keep asking each service, and says what they were answered:
 * wrong, hung and unclear answers fail the script. Usage: npm run faults. On a platform of its own; Linux. Takes about six minutes.
 */
import pg from 'pg';
import { patiently } from './harness/patiently.ts';
import { type Answer, type Probe, startProbes } from './harness/probes.ts';
import { report, whole } from './harness/report.ts';
import { PROCESSES, type ProcessName, startPlatform } from './harness/running-platform.ts';

/** Longer than any client should wait. */
const FROZEN_MS = 12_000;
const SETTLE_MS = 60_000;
const FAULTS = ['kill -9', 'frozen 12 s'] as const;
type Fault = (typeof FAULTS)[number];

const platform = await startPlatform();
const bad: string[] = [];
try {
  const database = new pg.Client({ connectionString: (await platform.environmentOf('batch')).DATABASE_URL });
  database.on('error', () => {});
  await database.connect();
  const { rows } = await database.query<{ customer_id: string; churn_probability: number }>(
    'SELECT customer_id, churn_probability FROM churn_predictions ORDER BY customer_id LIMIT 500',
  );
  await database.end();
  const table: string[][] = [];
  const accepted = new Set<string>();
  for (const victim of PROCESSES)
    for (const fault of FAULTS) table.push(await meet(victim, fault, probesOf(rows, accepted)));
  const lost = await lostEvents(accepted);
  report({
    title: 'Answers while processes die and freeze',
    command: 'npm run faults',
    what: `Each process of \`churn up examples/cdnow\` in turn, while seven clients ask each service all the time. "refused" is an error that names the cause and what to do, with Retry-After where it will pass; "no connection" can only be had from a process that is not there. A process that is frozen itself cannot answer; of all others wrong, hung (10 s) or unclear answers: ${bad.length}. Of ${accepted.size} events answered with 202, lost: ${lost}.`,
    header: [
      'process',
      'fault',
      'answered',
      'degraded',
      'refused',
      'no connection',
      'slowest of the others, ms',
      'all well again after s',
    ],
    rows: table,
  });
  for (const line of bad) console.error(line);
  if (bad.length > 0 || lost > 0) process.exitCode = 1;
} finally {
  const { left } = await platform.end();
  if (left > 0) process.exitCode = 1;
}

/** One fault: probes run from before it until everything answers again. */
async function meet(victim: ProcessName, fault: Fault, probes: readonly Probe[]): Promise<string[]> {
  const running = startProbes(probes);
  await patiently(async () => requireWell(running.newest()), { limitMs: SETTLE_MS });
  const tree = await platform.treeOf(victim);
  const began = performance.now();
  if (fault === 'kill -9') process.kill(tree[0] ?? 0, 'SIGKILL');
  else {
    for (const pid of tree) process.kill(pid, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, FROZEN_MS));
    for (const pid of tree) process.kill(pid, 'SIGCONT');
  }
  const since = performance.now();
  await patiently(async () => requireWell(running.newest(since)), { limitMs: SETTLE_MS }).catch((error) =>
    bad.push(`${victim}, ${fault}: ${error.message}`),
  );
  const well = (performance.now() - began) / 1000;
  const answers = await running.stop();
  for (const { probe, service, kind, text } of answers)
    if (kind === 'wrong' || kind === 'unclear' || (kind === 'hung' && service !== victim))
      bad.push(`${victim}, ${fault}: ${probe} ${kind}: ${text}`);
  const count = (kind: Answer['kind']) => String(answers.filter((answer) => answer.kind === kind).length);
  const others = answers.filter(({ service }) => service !== victim);
  const [slowest] = others.sort((a, b) => b.tookMs - a.tookMs);
  const row = [
    victim,
    fault,
    count('answered'),
    count('degraded'),
    count('refused'),
    count('no connection'),
    slowest === undefined ? '' : `${whole(slowest.tookMs)} (${slowest.probe})`,
    well.toFixed(1),
  ];
  console.error(row.join('  '));
  return row;
}

/** Throws unless each probe's newest answer is there and good. */
function requireWell(newest: ReadonlyMap<string, Answer | undefined>): void {
  for (const [probe, answer] of newest)
    if (answer?.kind !== 'answered')
      throw new Error(`${probe} is still ${answer?.kind ?? 'without an answer'}: ${answer?.text}`);
}

/** What clients ask, and what of an answer would be wrong. */
function probesOf(
  known: readonly { customer_id: string; churn_probability: number }[],
  accepted: Set<string>,
): Probe[] {
  let turn = 0;
  const list = (service: Parameters<typeof platform.url>[0], path: string): Probe => ({
    name: `GET ${path}`,
    service,
    request: () => ({ url: `${platform.url(service)}${path}` }),
    check: () => 'answered',
  });
  return [
    {
      name: 'POST /predict',
      service: 'inference',
      request: () => ({
        url: `${platform.url('inference')}/predict`,
        body: { customer_id: known[turn++ % known.length]?.customer_id },
      }),
      check(body, sent) {
        const { customer_id: id, churn_probability: p, degraded } = body;
        const stored = known.find((row) => row.customer_id === id)?.churn_probability;
        // The same model on the same events; a day that ends meanwhile would change them all.
        if (id !== sent?.customer_id || typeof p !== 'number' || Math.abs(p - (stored ?? Number.NaN)) > 1e-6)
          return 'wrong';
        return degraded === true ? 'degraded' : 'answered';
      },
    },
    {
      name: 'POST /events',
      service: 'ingestion',
      request: () => ({
        url: `${platform.url('ingestion')}/events`,
        body: {
          source: 'transactions',
          event_id: crypto.randomUUID(),
          customer_id: 'fault-probe',
          date: new Date(Date.now() - 60_000).toISOString(),
          amount: 1,
          quantity: 1,
        },
      }),
      check(body, sent) {
        if (body.accepted !== 1) return 'wrong';
        accepted.add(String(sent?.event_id));
        return 'answered';
      },
    },
    list('batch', '/batch-runs'),
    list('control', '/models'),
    list('training', '/training-runs'),
    list('monitoring', '/drift-runs'),
    list('ingestion', '/features/status'),
  ];
}

async function lostEvents(accepted: ReadonlySet<string>): Promise<number> {
  const database = new pg.Client({ connectionString: (await platform.environmentOf('batch')).DATABASE_URL });
  await database.connect();
  const { rows } = await database.query<{ found: number }>(
    'SELECT count(*)::int AS found FROM event_identity WHERE event_id = ANY($1)',
    [[...accepted]],
  );
  await database.end();
  return accepted.size - (rows[0]?.found ?? 0);
}
