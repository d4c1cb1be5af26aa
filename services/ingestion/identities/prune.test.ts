import { inTransaction } from '@churn/platform';
import { eventually } from '@churn/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { compact } from '../compactor/compact.ts';
import type { Context } from '../context.ts';
import { createInboxWriter } from '../events/inbox-writer.ts';
import { prepareEvents } from '../events/prepare-events.ts';
import { saveCheckpoint } from '../queries/consumers.ts';
import { startIngestionService } from '../service.ts';
import { importOrders } from '../testing/changes.ts';
import { order } from '../testing/orders.ts';
import { createWorld, keyedShop, PROJECT, type World } from '../testing/world.ts';
import { pruneIdentities } from './prune.ts';

const DAY_MS = 86_400_000;
/** The database's clock dates identities, so the clock of the tests begins with it. */
const START_MS = Date.now();

const keyed = keyedShop();
let world: World;
let context: Context;
let writer: ReturnType<typeof createInboxWriter>;
beforeEach(async () => {
  world = await createWorld(keyed);
  world.nowMs = START_MS;
  context = world.process();
  writer = createInboxWriter(context.pool);
});
afterEach(() => world.close());

const daysLater = (days: number) => {
  world.nowMs = START_MS + days * DAY_MS;
};
const at = (days: number) => new Date(START_MS + days * DAY_MS).toISOString();
const send = (id: string, occurred: number) => {
  const nowUs = world.nowMs * 1000;
  const raw = [{ line: 1, value: order(id, { ordered_at: at(occurred) }) }];
  return writer.put(PROJECT, prepareEvents(keyed, raw, { nowUs, latestUs: nowUs }));
};
const sendFile = async (rows: readonly [string, number][], onError: 'stop' | 'skip' = 'stop') => {
  const lines = rows.map(([id, occurred]) => `${id},c1,${at(occurred)},5.00,1\n`);
  const text = `event_id,customer_id,ordered_at,amount,quantity\n${lines.join('')}`;
  const { rows_imported, rows_repeated, rows_rejected, errors } = await importOrders(context, keyed, text, {
    onError,
  });
  return { imported: rows_imported, repeated: rows_repeated, rejected: rows_rejected, errors };
};
const known = async () => {
  const { rows } = await world.db.pool.query<{ id: string }>(
    'SELECT event_id AS id FROM event_identity ORDER BY event_id',
  );
  return rows.map(({ id }) => id);
};
const project = () => saveCheckpoint(context.pool, PROJECT, 'projector', 1_000_000);
/** Both readers have the events, and the lake lists them. */
const settle = async () => {
  await project();
  await compact(context, PROJECT, { wait: true });
};

describe('within the horizon', () => {
  it('an event again is counted, over REST and in a file, and its identity stays', async () => {
    await send('e1', 0);
    await sendFile([['f1', 0]]);
    await settle();
    daysLater(400);
    expect(await pruneIdentities(context)).toEqual({ removed: 0, more: false });
    expect(await send('e1', 0)).toMatchObject({ accepted: 0, repeated: 1 });
    expect(
      await sendFile([
        ['f1', 0],
        ['g1', 0],
      ]),
    ).toMatchObject({ imported: 1, repeated: 1 });
  });

  it('a history of any age is taken, by a source that has forgotten nothing', async () => {
    expect(await send('e1', -5_000)).toMatchObject({ accepted: 1 });
    expect(await sendFile([['f1', -5_000]])).toMatchObject({ imported: 1, rejected: 0 });
  });
});

describe('beyond the horizon', () => {
  beforeEach(async () => {
    await send('e1', 0);
    await sendFile([['f1', 0]]);
    await settle();
    daysLater(404);
  });

  it('identities are removed, and counted', async () => {
    expect(await pruneIdentities(context)).toEqual({ removed: 2, more: false });
    expect(await known()).toEqual([]);
    expect(await context.metrics.registry.metrics()).toMatch(
      /^ingestion_event_identities_removed_total\S* 2$/m,
    );
  });

  it('a service does it by itself', async () => {
    const service = await startIngestionService(world.config, { now: () => world.nowMs });
    await eventually(async () => (await known()).length === 0);
    await service.close();
  });

  it('an event again is refused, by its time, and so is one that shares its request', async () => {
    await pruneIdentities(context);
    const answers = await Promise.allSettled([send('e1', 0), send('e2', 404), send('e3', 1)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    await expect(send('e1', 0)).rejects.toMatchObject({
      status: 422,
      message: expect.stringMatching(
        /^Event e1 of orders lies before \d{4}-\d\d-\d\d, and which .*CHURN_EVENT_HORIZON_DAYS.*Nothing was stored/,
      ),
    });
    expect(await known()).toEqual(['e2']);
  });

  it('a row again is refused, and skipped on request, while the rest of the file is imported', async () => {
    await pruneIdentities(context);
    const rows: [string, number][] = [
      ['f1', 0],
      ['n1', 404],
    ];
    await expect(sendFile(rows)).rejects.toThrow(/line 2, column ordered_at: is before .*could count twice/);
    expect(await sendFile(rows, 'skip')).toMatchObject({ imported: 1, rejected: 1 });
  });

  it('a key that was used so long ago names another event', async () => {
    await pruneIdentities(context);
    expect(await send('e1', 403)).toMatchObject({ accepted: 1, quarantined: 0 });
  });

  it('a source that has forgotten nothing takes its history still', async () => {
    await world.db.pool.query("UPDATE event_identity SET source = 'visits'");
    await pruneIdentities(context);
    expect(await send('e0', 0)).toMatchObject({ accepted: 1 });
    expect(await known()).toEqual(['e0', 'e1', 'f1']);
  });

  it('one whose identities were all recorded within it has forgotten nothing, however old its files are', async () => {
    await world.db.pool.query('UPDATE event_identity SET recorded_day = recorded_day + 404');
    expect(await pruneIdentities(context)).toEqual({ removed: 0, more: false });
    expect(await send('e1', 0)).toMatchObject({ repeated: 1 });
    expect(await send('e0', 0)).toMatchObject({ accepted: 1 });
  });

  it('a request with an old event is refused by its place in it, before it comes to the others', async () => {
    const service = await startIngestionService(world.config, { now: () => world.nowMs });
    await eventually(async () => (await known()).length === 0);
    const events = [order('e9', { ordered_at: at(404) }), order('e1', { ordered_at: at(0) })];
    const { status, body } = await request(service.url).post('/events').send(events);
    expect({ status, errors: body.errors }).toEqual({
      status: 422,
      errors: [
        {
          line: 2,
          column: 'ordered_at',
          value: at(0),
          reason: expect.stringMatching(/^is before .*could count twice$/),
        },
      ],
    });
    expect(await known()).toEqual([]);
    await service.close();
  });

  it('a longer horizon takes nothing back: what was forgotten stays refused', async () => {
    await pruneIdentities(context);
    const longer = { ...context, config: { ...context.config, CHURN_EVENT_HORIZON_DAYS: 3_650 } };
    await pruneIdentities(longer);
    await expect(send('e1', 0)).rejects.toMatchObject({ status: 422 });
  });
});

it('nothing is removed while its event waits in the inbox', async () => {
  await send('e1', 0);
  await send('e2', 0);
  await compact(context, PROJECT, { wait: true });
  daysLater(404);
  // The projector has not come so far.
  expect(await pruneIdentities(context)).toMatchObject({ removed: 0 });
  await project();
  await send('e3', 404);
  await compact(context, PROJECT, { wait: true });
  expect(await pruneIdentities(context)).toMatchObject({ removed: 3 });
});

/** Begins each piece of work while positions are locked, so that they stand in line, and then lets them go. */
async function inLine(pieces: readonly (() => Promise<unknown>)[]): Promise<PromiseSettledResult<unknown>[]> {
  const begun: Promise<unknown>[] = [];
  await inTransaction(world.db.pool, async (holder) => {
    await holder.query('SELECT lock_event_position()');
    for (const piece of pieces) {
      begun.push(piece());
      await eventually(async () => {
        const { rowCount } = await holder.query(
          `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        );
        return rowCount === begun.length;
      });
    }
    expect(await known()).toEqual(['f1']);
  });
  return Promise.allSettled(begun);
}

it('the horizon moves between two that store events: a file that it passes is to be sent again', async () => {
  await sendFile([['f1', 0]]);
  daysLater(404);
  const [pruning, importing] = await inLine([
    () => pruneIdentities(context),
    () =>
      sendFile([
        ['f1', 0],
        ['f2', 0],
      ]),
  ]);
  expect(pruning).toMatchObject({ status: 'fulfilled', value: { removed: 1 } });
  expect(importing).toMatchObject({ status: 'rejected', reason: { status: 503, code: 'horizon-moved' } });
  expect(await known()).toEqual([]);
});
