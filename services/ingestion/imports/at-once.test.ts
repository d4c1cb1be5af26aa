import { eventually } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context } from '../context.ts';
import { importOrders } from '../testing/changes.ts';
import { postOrders } from '../testing/online-states.ts';
import { createWorld, keyedShop, type World } from '../testing/world.ts';

const keyed = keyedShop();
let world: World;
let context: Context;
beforeAll(async () => {
  world = await createWorld(keyed);
  context = world.process();
});
afterAll(() => world.close());

const row = (id: string) => `${id},c1,2026-01-05T10:00:00Z,5.00,1\n`;
const importRows = async (rows: readonly string[], onError: 'stop' | 'skip' = 'stop') => {
  const text = `event_id,customer_id,ordered_at,amount,quantity\n${rows.join('')}`;
  const { rows_imported, rows_repeated, rows_rejected } = await importOrders(context, keyed, text, {
    onError,
  });
  return { imported: rows_imported, repeated: rows_repeated, rejected: rows_rejected };
};

/** Begins each piece of work while positions are locked, so that all stand in line, and then lets them go. */
async function inLine<T>(pieces: readonly (() => Promise<T>)[]): Promise<T[]> {
  const holder = await world.db.pool.connect();
  try {
    await holder.query('BEGIN; SELECT lock_event_position()');
    const begun: Promise<T>[] = [];
    for (const piece of pieces) {
      begun.push(piece());
      await eventually(async () => {
        const { rowCount } = await world.db.pool.query(
          "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return rowCount === begun.length;
      });
    }
    await holder.query('COMMIT');
    return await Promise.all(begun);
  } finally {
    holder.release();
  }
}

test('an event that is sent while a file with its key is imported is stored once, and neither waits for ever', async () => {
  const [, file] = await inLine<unknown>([
    () => postOrders(context, world, keyed, ['c1'], 1),
    () => importRows(['n1', 'o1', 'p1'].map(row), 'skip'),
  ]);
  expect(file).toEqual({ imported: 2, repeated: 0, rejected: 1 });
});

test('the same rows in two files at once are imported once, and known with the same content to the second', async () => {
  const rows = ['t1', 't2', 't3'].map(row);
  expect(await inLine([() => importRows(rows), () => importRows(rows.toReversed())])).toEqual([
    { imported: 3, repeated: 0, rejected: 0 },
    { imported: 0, repeated: 3, rejected: 0 },
  ]);
});

test('many rows in two files at once, in opposite orders, do not wait for each other for ever', async () => {
  const rows = Array.from({ length: 30_000 }, (_, i) => row(`m${String(i).padStart(5, '0')}`));
  const answers = await Promise.all([importRows(rows), importRows(rows.toReversed())]);
  expect(answers.toSorted((a, b) => a.imported - b.imported)).toEqual([
    { imported: 0, repeated: 30_000, rejected: 0 },
    { imported: 30_000, repeated: 0, rejected: 0 },
  ]);
});
