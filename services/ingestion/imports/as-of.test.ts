import { compileView, featureView, latest, money, type ProjectIr, type SourceIr } from '@churn/features';
import { eventually, sampleProject } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import type { Service } from '../service.ts';
import { lakeRows } from '../testing/lake-rows.ts';
import { served, servedAfterRebuild } from '../testing/online-states.ts';
import { createWorld, type World } from '../testing/world.ts';

/** What each customer pays, as a table that says nothing of when. */
const fees: SourceIr = {
  name: 'fees',
  entity: 'customer',
  timestamp_field: null,
  event_key: null,
  static: false,
  fields: [{ name: 'fee', ...money('USD') }],
  description: '',
};
const view = featureView({ name: 'paying', version: 1, source: fees, features: { fee: latest('fee') } });
const one = sampleProject();
const shop: ProjectIr = { ...one, sources: [...one.sources, fees], views: [...one.views, view] };

let world: World;
let service: Service;
beforeAll(async () => {
  world = await createWorld(shop);
  service = await world.start();
});
afterAll(() => world.close());

const upload = (text: string, query: string) =>
  request(service.url)
    .post(`/imports?format=csv&${query}`)
    .set('content-type', 'text/csv')
    .send(`customer_id,fee\n${text}`);
const send = (event: object) =>
  request(service.url)
    .post('/events')
    .send({ source: 'fees', ...event });
const instants = async (id: string) =>
  (await lakeRows(service.context, shop, 'fees', 'entity_id, occurred_us'))
    .filter((row) => row.entity_id === id)
    .map((row) => new Date(Number(row.occurred_us) / 1000).toISOString());
const online = compileView(view);
async function feeOnline(id: string): Promise<number> {
  const read = await service.context.store.read(shop.project, [online.key], [id]);
  const out = new Float64Array(1);
  online.evaluate(read.states[0]?.[0] ?? null, world.nowMs * 1000, out, 0);
  return out[0] ?? Number.NaN;
}

describe('a file of a source without a timestamp column', () => {
  test('holds as of the instant given, once an instant', async () => {
    const first = await upload('c1,5.00\n', 'source=fees&as_of=2026-01-01');
    expect(first.body).toMatchObject({ rows_imported: 1, as_of: '2026-01-01T00:00:00.000Z' });
    const again = await upload('c1,5.00\n', 'source=fees&as_of=2026-01-01T00:00:00Z');
    expect(again.body).toMatchObject({ already_imported: true, import_id: first.body.import_id });
    const later = await upload('c1,5.00\n', 'source=fees&as_of=2026-02-01T08:00:00%2B02:00');
    expect(later.body).toMatchObject({ rows_imported: 1, already_imported: false });
    expect(await instants('c1')).toEqual(['2026-01-01T00:00:00.000Z', '2026-02-01T06:00:00.000Z']);
  });

  test('of an earlier instant that comes later does not replace what is so now', async () => {
    await upload('c2,7.00\n', 'source=fees&as_of=2026-02-01');
    await upload('c2,6.00\n', 'source=fees&as_of=2026-01-15');
    expect(await feeOnline('c2')).toBe(7);
    await upload('c2,8.00\n', 'source=fees&as_of=2026-03-01');
    expect(await feeOnline('c2')).toBe(8);
  });

  test('names the lines that are bad as any file does', async () => {
    const { status, body } = await upload('c3,5.00\nc4,x\n', 'source=fees&as_of=2026-01-01');
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ line: 3, column: 'fee', value: 'x' }]);
  });

  test.each([
    ['without an instant', 'source=fees', 'as-of-missing', 'say as of when .* --as-of 2026-10-01'],
    [
      'of the future',
      'source=fees&as_of=2026-03-05T10:00:01Z',
      'as-of-future',
      'nothing is known as of then',
    ],
    ['of no instant', 'source=fees&as_of=yesterday', 'as-of-invalid', 'expected YYYY-MM-DD'],
    ['without a zone', 'source=fees&as_of=2026-01-01T10:00', 'as-of-invalid', 'with Z or an offset'],
    ['with times to shift', 'source=fees&as_of=2026-01-01&shift_end=yesterday', 'shift-unwanted', 'no times'],
    [
      'of a source with times',
      'source=orders&as_of=2026-01-01',
      'as-of-unwanted',
      'times of its own in the column ordered_at. Import it without --as-of',
    ],
  ])('%s is refused', async (_, query, type, detail) => {
    const { status, body } = await upload('c9,5.00\n', query);
    expect({ status, type: body.type }).toEqual({ status: 422, type: `urn:churn:problem:${type}` });
    expect(body.detail).toMatch(new RegExp(detail));
  });

  test('may say so of the very moment', async () => {
    expect((await upload('c5,5.00\n', 'source=fees&as_of=2026-03-05T10:00:00Z')).status).toBe(200);
  });
});

describe('an event of a source without a timestamp column', () => {
  test('carries its instant, and is read like a row of a file', async () => {
    const event = { event_id: 'e1', customer_id: 'c6', fee: 9.5, as_of: '2026-02-03' };
    expect((await send(event)).body).toMatchObject({ accepted: 1 });
    await eventually(async () => (await feeOnline('c6')) === 9.5);
    const before = await served(service.context, shop, ['c6']);
    expect(await servedAfterRebuild(service.context, shop, ['c6'])).toEqual(before);
    expect(await instants('c6')).toEqual(['2026-02-03T00:00:00.000Z']);
  });

  test.each([
    ['none', {}, 'as_of', 'is empty; a time is expected'],
    ['one of the future', { as_of: '2026-03-05T10:00:01Z' }, 'as_of', 'nothing is known as of then'],
    [
      'one where there are times',
      { source: 'orders', as_of: '2026-01-01' },
      'as_of',
      'is not a column of orders',
    ],
  ])('is refused with %s', async (_, changes, column, reason) => {
    const answer = await send({ event_id: 'bad', customer_id: 'c7', fee: 1, ...changes });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toContainEqual(
      expect.objectContaining({ column, reason: expect.stringContaining(reason) }),
    );
  });
});
