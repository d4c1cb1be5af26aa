import { sampleProject } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Service } from '../service.ts';
import { order } from '../testing/orders.ts';
import { createWorld, type World } from '../testing/world.ts';

const plain = sampleProject();
const keyed = {
  ...plain,
  sources: plain.sources.flatMap((source) => [source, { ...source, name: 'keyed', event_key: ['order_id'] }]),
};

let world: World;
let service: Service;
beforeAll(async () => {
  world = await createWorld(keyed);
  service = await world.start();
});
afterAll(() => world.close());

const post = (type = 'application/json') => request(service.url).post('/events').set('content-type', type);
/** As it is written: JSON.stringify would round it first. */
const sendText = (text: string) => post().send(text);

describe('customers are never taken for one another', () => {
  it('by a number that JSON does not keep', async () => {
    const text = JSON.stringify(order('big', { customer_id: 'ID' })).replace('"ID"', '9007199254740993');
    const answer = await sendText(text);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([
      expect.objectContaining({
        column: 'customer_id',
        reason: expect.stringContaining('send the id as a string'),
      }),
    ]);
    expect((await post().send(order('small', { customer_id: 42 }))).body.accepted).toBe(1);
  });

  it('by half a surrogate pair', async () => {
    for (const lone of ['\\ud800', '\\ud801']) {
      const text = JSON.stringify(order('lone', { customer_id: 'ID' })).replace('ID', `lone${lone}`);
      expect((await sendText(text)).body.detail).toContain('half of a surrogate pair');
      const event = JSON.stringify(order('EVENT')).replace('EVENT', `e${lone}`);
      expect((await sendText(event)).body.detail).toContain('half of a surrogate pair');
    }
  });
});

describe('an event of a source with a key', () => {
  const sale = (event_id: string, order_id: string) => ({ ...order(event_id), source: 'keyed', order_id });

  it('that is another than event_id is said together with what else is wrong', async () => {
    const { body } = await post().send({ ...sale('e1', 'another'), amount: 'much' });
    expect(body.errors.map(({ column }: { column: string }) => column)).toEqual(['amount', 'event_id']);
  });

  it('is identified by it, as in a file', async () => {
    expect((await post().send(sale('k1', 'k1'))).body.accepted).toBe(1);
    expect((await post().send(sale('k1', 'k1'))).body.repeated).toBe(1);
    const other = await post().send(sale('k2', 'k1'));
    expect(other.status).toBe(422);
    expect(other.body.detail).toContain(
      'event_id: is not order_id (k1), which identifies the events of keyed',
    );
  });
});

describe('a body that is none of ours is refused by name', () => {
  it.each([
    ['text/plain', /application\/x-ndjson \(one a line\), not text\/plain/],
    ['application/x-www-form-urlencoded', /not application\/x-www-form-urlencoded/],
  ])('as %s', async (type, says) => {
    const answer = await post(type).send(JSON.stringify(order('typed')));
    expect(answer.status).toBe(415);
    expect(answer.body.detail).toMatch(says);
  });

  it('or encoded', async () => {
    const answer = await post()
      .set('content-encoding', 'gzip')
      .send(JSON.stringify(order('packed')));
    expect(answer.status).toBe(415);
    expect(answer.body.detail).toContain('encoded as gzip. Send it as it is');
  });
});
