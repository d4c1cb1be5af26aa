import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Service } from './service.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;
let service: Service;
beforeAll(async () => {
  world = await createWorld();
  service = await world.start();
});
afterAll(() => world.close());

const order = (id: string, changes: object = {}) => ({
  source: 'orders',
  event_id: id,
  customer_id: 'c1',
  ordered_at: '2026-01-05T10:00:00Z',
  amount: 12.5,
  quantity: 1,
  ...changes,
});
const send = (body: object) => request(service.url).post('/events').send(body);

describe('POST /events', () => {
  it('counts a repeated event, and sets another content under its identity aside', async () => {
    expect((await send(order('a'))).body).toMatchObject({ accepted: 1, repeated: 0, quarantined: 0 });
    expect((await send([order('a'), order('b')])).body).toMatchObject({
      accepted: 1,
      repeated: 1,
      quarantined: 0,
    });
    expect((await send(order('a', { amount: 13 }))).body).toMatchObject({
      accepted: 0,
      repeated: 0,
      quarantined: 1,
    });
  });

  it('names the event, the column and the reason, and stores nothing of the request', async () => {
    const answer = await send([order('c'), order('d', { amount: '1.234' })]);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([
      { line: 2, column: 'amount', reason: expect.stringContaining('more than 2 decimals') },
    ]);
    expect((await send(order('c'))).body).toMatchObject({ accepted: 1 });
  });

  it('takes one event a line', async () => {
    const answer = await request(service.url)
      .post('/events')
      .set('content-type', 'application/x-ndjson')
      .send([order('e'), order('f')].map((event) => JSON.stringify(event)).join('\n'));
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ accepted: 2 });
  });
});

describe('POST /imports', () => {
  const upload = (text: string, query: object) =>
    request(service.url)
      .post('/imports')
      .query({ source: 'orders', format: 'csv', ...query })
      .set('content-type', 'text/csv')
      .send(text);
  const file =
    'customer_id,ordered_at,amount,quantity\nx1,2026-01-01,10.00,1\nx2,2026-01-02,oops,1\n"x\n3",2026-01-03,1,1\nx4,2026-01-04,5,2\n';

  it('refuses a file with a bad row whole, naming its line, column and reason', async () => {
    const answer = await upload(file, {});
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([
      { line: 3, column: 'amount', value: 'oops' },
      { line: 4, column: 'customer_id' },
    ]);
  });

  it('skips bad rows when asked, and imports the same file once', async () => {
    const first = await upload(file, { on_error: 'skip' });
    expect(first.body).toMatchObject({
      rows_read: 4,
      rows_imported: 2,
      rows_rejected: 2,
      already_imported: false,
    });
    expect((await upload(file, { on_error: 'skip' })).body).toMatchObject({ already_imported: true });
    const rejects = await request(service.url).get(first.body.rejects);
    expect(rejects.text).toContain('oops');
  });
});

// Last: nothing here comes after it.
describe('without the online store', () => {
  beforeAll(() => world.redis.stop());

  it.each([
    ['post', '/features/materialize'],
    ['get', '/features/status'],
  ] as const)('%s %s says that it is away, and where to look', async (method, path) => {
    const { status, headers, body } = await request(service.url)[method](path);
    expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: 503, retryAfter: '3' });
    expect(body).toMatchObject({
      type: 'urn:churn:problem:online-store-unavailable',
      detail: expect.stringMatching(
        /^The online store failed: there is no connection to it\. Look at the Redis of FEATURE_REDIS_URL/,
      ),
    });
  });
});
