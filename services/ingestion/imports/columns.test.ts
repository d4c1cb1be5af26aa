import { category, money, type ProjectIr } from '@churn/features';
import { sampleProject } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import type { Service } from '../service.ts';
import { importOrders } from '../testing/changes.ts';
import { lakeRows } from '../testing/lake-rows.ts';
import { createWorld, type World } from '../testing/world.ts';

/** Orders as a system of the user's writes them: its own column names, and a text. */
const shop: ProjectIr = sampleProject();
shop.sources = shop.sources.map((source) => ({
  ...source,
  join_key_column: 'customerID',
  event_key: ['Order No'],
  fields: [
    { name: 'amount', ...money('USD', { column: 'Monthly Charges' }) },
    { name: 'plan', ...category(['basic', 'gold', "d'or"], { column: 'Plan' }) },
    ...source.fields.filter(({ name }) => name === 'quantity'),
  ],
}));

let world: World;
let service: Service;
beforeAll(async () => {
  world = await createWorld(shop);
  service = await world.start();
});
afterAll(() => world.close());

const HEADER = 'Order No,customerID,ordered_at,Plan,Monthly Charges,quantity\n';
const importRows = (rows: string, changes = {}) =>
  importOrders(service.context, shop, HEADER + rows, changes);
const send = (id: string, changes: object) =>
  request(service.url)
    .post('/events')
    .send({
      source: 'orders',
      event_id: id,
      'Order No': id,
      customerID: 'c1',
      ordered_at: '2026-01-01',
      Plan: 'gold',
      'Monthly Charges': 12.5,
      quantity: 1,
      ...changes,
    });

describe('a source that names its columns', () => {
  test('takes a file as it is; blank cells are missing values, and texts are their places', async () => {
    const rows = `a1,c1,2026-01-01,gold,12.50,1\na2,c2,2026-01-01,"d'or",\t ,2\na3,c3,2026-01-01,,7.00,3\n`;
    expect(await importRows(rows)).toMatchObject({ rows_imported: 3, rows_rejected: 0 });
    expect(await lakeRows(service.context, shop, 'orders', 'amount, plan, quantity')).toEqual([
      { amount: 1250n, plan: 1n, quantity: 1n },
      { amount: null, plan: 2n, quantity: 2n },
      { amount: 700n, plan: null, quantity: 3n },
    ]);
  });

  test('names line, column, value, what is allowed and the remedy where a text is not among them', async () => {
    await expect(importRows('b1,c1,2026-01-01,silver,1.00,1\n')).rejects.toThrow(
      'line 2, column Plan: "silver" is not among the categories "basic", "gold", "d\'or"; if it is right, append it to the list of field plan and apply the definitions. 1 row is bad',
    );
    const { errors } = await importRows('b2,c1,2026-01-01,GOLD,1.00,1\n', { onError: 'skip' });
    expect(errors).toMatchObject([{ line: 2, column: 'Plan', value: 'GOLD' }]);
  });

  test('takes the same columns over REST, and knows the event again in a file', async () => {
    expect((await send('r1', { Plan: null, quantity: ' ' })).body).toMatchObject({ accepted: 1 });
    expect(await importRows('r1,c1,2026-01-01,,12.50, \n')).toMatchObject({
      rows_imported: 0,
      rows_repeated: 1,
      rows_rejected: 0,
    });
  });

  test.each([
    ['an unknown text', { Plan: 'silver' }, 'Plan', '"silver" is not among the categories "basic", "gold"'],
    ['a flag for a text', { Plan: true }, 'Plan', '"true" is not among'],
    ['a list for a number', { quantity: [] }, 'quantity', 'is not a decimal number'],
    [
      'a column left out',
      { quantity: undefined },
      'quantity',
      'is absent; send null where there is no value',
    ],
    [
      "the field's name for its column",
      { plan: 'gold' },
      'plan',
      'is not a column of orders; it has customerID',
    ],
  ])('refuses an event with %s', async (_, changes, column, reason) => {
    const answer = await send('bad', changes);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ line: 1, column, reason: expect.stringContaining(reason) }]);
  });
});
