import { afterAll, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import type { Service } from '../service.ts';
import { createWorld, keyedShop, type World } from '../testing/world.ts';

let world: World;
let service: Service;
beforeAll(async () => {
  world = await createWorld(keyedShop(['customer_id', 'ordered_at', 'amount']));
  service = await world.start();
});
afterAll(() => world.close());

const post = async (ordered_at: string, amount: unknown) => {
  const event = { source: 'orders', event_id: 'web', customer_id: 'c1', ordered_at, amount, quantity: 1 };
  const { body } = await request(service.url).post('/events').send(event);
  return body.accepted === undefined ? body.detail : [body.accepted, body.repeated];
};
const upload = async (rows: readonly string[]) => {
  const { body } = await request(service.url)
    .post('/imports?source=orders&format=csv')
    .set('content-type', 'text/csv')
    .send(`customer_id,ordered_at,amount,quantity\n${rows.map((row) => `c1,${row},1\n`).join('')}`);
  return body.rows_imported === undefined ? body.detail : [body.rows_imported, body.rows_repeated];
};

test('a time and a number in a key count by their value, however they are written, over REST and in files', async () => {
  expect(await post('2026-01-02T10:00:00Z', 11.5)).toEqual([1, 0]);
  for (const same of ['2026-01-02T10:00:00.000Z', '2026-01-02T11:00:00+01:00', '2026-01-02 10:00Z'])
    expect(await post(same, '11.50')).toEqual([0, 1]);
  expect(
    await upload(['2026-01-02T10:00:00Z,11.5', '2026-01-02 10:00Z,11.500', '2026-01-02T12:00+02:00,11.50']),
  ).toEqual([0, 3]);
  // The control: another time, and another amount, are other purchases.
  expect(await post('2026-01-02T10:00:01Z', 11.5)).toEqual([1, 0]);
  expect(await upload(['2026-01-02T10:00:00Z,11.51'])).toEqual([1, 0]);
});
