import { compileView, type ProjectIr } from '@churn/features';
import { Redis } from 'ioredis';
import type { Context } from '../context.ts';
import { prepareEvents } from '../events/prepare-events.ts';
import { materialize } from '../materialize/materialize.ts';
import { putEvents } from '../queries/put-events.ts';
import { order } from './orders.ts';
import { PROJECT, type World } from './world.ts';

/** Orders sent so far, so that each is another one. */
let sent = 0;

/** Puts `each` orders of each customer into the inbox, on days all over the last 200. */
export async function postOrders(
  { pool }: Context,
  world: World,
  ir: ProjectIr,
  customers: readonly string[],
  each: number,
): Promise<void> {
  const raw = customers.flatMap((customer_id) =>
    Array.from({ length: each }, () => {
      sent++;
      const ordered_at = new Date(world.nowMs - ((sent * 37) % 200) * 86_400_000).toISOString();
      return { line: sent, value: order(`o${sent}`, { customer_id, ordered_at, amount: sent }) };
    }),
  );
  const nowUs = world.nowMs * 1000;
  const prepared = prepareEvents(ir, raw, { nowUs, latestUs: nowUs });
  const client = await pool.connect();
  await putEvents(client, [{ projectId: PROJECT, prepared }]).finally(() => client.release());
}

/** What a reader gets, as hex by view and customer; null: nothing is complete. */
export async function served(
  { store }: Context,
  ir: ProjectIr,
  customers: readonly string[],
): Promise<(string | undefined)[][] | null> {
  const views = ir.views.map((view) => compileView(view).key);
  const { mark, states } = await store.read(PROJECT, views, customers);
  return mark === null ? null : states.map((row) => row.map((state) => state?.toString('hex')));
}

/** What a rebuild from the lake makes of all events so far. */
export async function servedAfterRebuild(context: Context, ir: ProjectIr, customers: readonly string[]) {
  await materialize(context, PROJECT);
  return served(context, ir, customers);
}

/** Keys in Redis of generations that do not serve, and of a rebuild that did not end. */
export async function leftovers(world: World, context: Context): Promise<string[]> {
  const mark = await context.store.mark(PROJECT);
  const redis = new Redis(world.redis.url);
  try {
    const keys = await redis.keys(`churn:${PROJECT}:*`);
    const known = ['online', 'projected'].map((name) => `churn:${PROJECT}:${name}`);
    return keys.filter(
      (key) => !known.includes(key) && !key.startsWith(`churn:${PROJECT}:s:${mark?.generation}:`),
    );
  } finally {
    redis.disconnect();
  }
}
