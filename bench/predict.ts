/**
 * POST /predict against a service process of its own, with 100 trees of depth 4 and 50,000 customers in Redis.
 * Usage: node bench/predict.ts [seconds of each load, default 8]. Load, server, Redis and Postgres share the machine. Ends within 5 minutes.
 */
import { findModel } from '@churn/features';
import project from '../examples/cdnow/churn.project.ts';
import { load } from './harness/load.ts';
import { withPlatform } from './harness/platform.ts';
import { ms, report, whole } from './harness/report.ts';
import { prepareShop } from './harness/shop.ts';

const SECONDS = Number(process.argv[2] ?? 8);
const WARM_SECONDS = 3;
const CUSTOMERS = 50_000;
const ORDERS_EACH = 8;

const LOADS: { connections: number; customers: number }[] = [
  { connections: 1, customers: 1 },
  { connections: 32, customers: 1 },
  { connections: 1, customers: 100 },
  { connections: 32, customers: 100 },
];

await withPlatform(5 * 60_000, async (platform) => {
  await prepareShop(platform, project, { customers: CUSTOMERS, ordersEach: ORDERS_EACH });
  const { url } = await platform.spawn('inference', project.project);
  const run = (connections: number, customers: number, seconds: number) =>
    load({ url, path: '/predict', connections, seconds, body: () => body(customers) });
  for (const { connections, customers } of LOADS) await run(connections, customers, WARM_SECONDS);
  const rows: string[][] = [];
  for (const { connections, customers } of LOADS) {
    const { perSecond, p50, p99 } = await run(connections, customers, SECONDS);
    rows.push([
      String(connections),
      String(customers),
      whole(perSecond),
      whole(perSecond * customers),
      ms(p50),
      ms(p99),
    ]);
  }
  report({
    title: 'POST /predict',
    command: 'node bench/predict.ts',
    what: `One service process; the load, Redis and Postgres run on the same cores. ${findModel(project).features.length} features from the online state of ${whole(CUSTOMERS)} customers with ${ORDERS_EACH} purchases each, 100 trees of depth 4, ${SECONDS} s a row after a warm-up, every answer a 200.`,
    header: ['connections', 'customers a request', 'requests/s', 'customers/s', 'p50 ms', 'p99 ms'],
    rows,
  });
});

function body(customers: number): string {
  if (customers === 1) return JSON.stringify({ customer_id: randomId() });
  return JSON.stringify({ customer_ids: Array.from({ length: customers }, randomId) });
}

function randomId(): string {
  return `c${Math.floor(Math.random() * CUSTOMERS)}`;
}
