import { eventually, insertProject, sampleProject } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Service } from '../service.ts';
import { order } from '../testing/orders.ts';
import { createWorld, type World } from '../testing/world.ts';

let world: World;
let service: Service;
beforeAll(async () => {
  world = await createWorld();
  service = await world.start();
});
afterAll(() => world.close());

const send = (body: object) => request(service.url).post('/events').send(body);
const sendLines = (text: string | Buffer) =>
  request(service.url).post('/events').set('content-type', 'application/x-ndjson').send(text);
const stored = async (id: string): Promise<number> => {
  const { rows } = await world.db.pool.query<{ stored: number }>(
    'SELECT count(*)::int AS stored FROM event_identity i WHERE event_id = $1 AND position > 0',
    [id],
  );
  return rows[0]?.stored ?? 0;
};

describe('POST /events', () => {
  it('stores an event once, however many requests bring it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => send([order('same'), order(`own-${i}`)])),
    );
    const sum = (name: 'accepted' | 'repeated') =>
      answers.reduce((total, answer) => total + Number(answer.body[name]), 0);
    expect(sum('accepted')).toBe(41);
    expect(sum('repeated')).toBe(39);
    const { rows } = await world.db.pool.query(
      `SELECT position FROM event_identity WHERE event_id = 'same' OR event_id LIKE 'own-%'`,
    );
    expect(rows).toHaveLength(41);
  });

  it('names the event whose identity is known with other content', async () => {
    await send(order('known'));
    const later = await send([
      order('known', { amount: 99 }),
      order('fresh'),
      order('fresh', { quantity: 2 }),
    ]);
    expect(later.status).toBe(202);
    expect(later.body).toMatchObject({ accepted: 1, repeated: 0, quarantined: 2 });
    expect(later.body.set_aside).toEqual(
      ['fresh', 'known'].map((id) => ({ source: 'orders', event_id: id, reason: 'conflict' })),
    );
  });

  it('sets an event aside whose clock is more than a day ahead', async () => {
    const answer = await send(order('ahead', { ordered_at: '2026-03-06T10:00:01Z' }));
    expect(answer.body).toMatchObject({
      accepted: 0,
      set_aside: [{ event_id: 'ahead', reason: 'future' }],
    });
  });

  it('has committed an event when it answers 202', async () => {
    expect((await send(order('durable'))).status).toBe(202);
    expect(await stored('durable')).toBe(1);
  });

  it('does not answer while a transaction that has a position is open', async () => {
    const client = await world.db.pool.connect();
    try {
      await client.query('BEGIN; SELECT lock_event_position()');
      let answered = false;
      const answer = send(order('waits')).then((response) => {
        answered = true;
        return response;
      });
      await eventually(async () => {
        const sql = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
        const waiting = await world.db.pool.query(sql);
        return waiting.rowCount === 1;
      });
      expect(await stored('waits')).toBe(0);
      expect(answered).toBe(false);
      await client.query('COMMIT');
      expect((await answer).status).toBe(202);
    } finally {
      client.release();
    }
  });
});

describe('POST /events refuses whole, with a problem that says why,', () => {
  it('a malformed line, by its number, blank lines counted', async () => {
    const answer = await sendLines(`${JSON.stringify(order('n1'))}\n\n{"source":\n`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      type: 'urn:churn:problem:json-malformed',
      detail: expect.stringContaining('Line 3'),
    });
    expect(await stored('n1')).toBe(0);
  });

  it('a bad value, by the number of its line', async () => {
    const lines = [order('n2'), order('n3', { quantity: 1.5 })].map((event) => JSON.stringify(event));
    const answer = await sendLines(lines.join('\n\n'));
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ line: 3, column: 'quantity' }]);
    expect(await stored('n2')).toBe(0);
  });

  it.each([
    ['a source that nobody defined', { source: 'visits' }, 'source', 'it has orders'],
    ['a column that the source has not', { colour: 'red' }, 'colour', 'is not a column'],
    ['a time without a zone', { ordered_at: '2026-01-05T10:00:00' }, 'ordered_at', 'Z or an offset'],
    [
      'an event without an id',
      { event_id: undefined },
      'event_id',
      'must be a text of 1 to 256 characters, not all blank',
    ],
    [
      'an event with an empty id',
      { event_id: '' },
      'event_id',
      'must be a text of 1 to 256 characters, not all blank',
    ],
    [
      'an event with a blank id',
      { event_id: ' ' },
      'event_id',
      'must be a text of 1 to 256 characters, not all blank',
    ],
    ['an event without a source', { source: undefined }, 'source', 'must be the name of a source'],
    ['a missing customer', { customer_id: undefined }, 'customer_id', 'is empty'],
  ])('%s', async (_, changes, column, reason) => {
    const answer = await send(order('bad', changes));
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ line: 1, column, reason: expect.stringContaining(reason) }]);
  });

  it('what is no event', async () => {
    expect((await send([5])).body.detail).toMatch(
      /^Event 1, event: is not an object; send one with source, event_id and the columns of the source\. 1 fault in all/,
    );
  });

  it('a body that is not UTF-8', async () => {
    const answer = await sendLines(Buffer.from([0x22, 0xff, 0x22]));
    expect(answer.body).toMatchObject({ status: 400, type: 'urn:churn:problem:body-not-utf8' });
  });

  it('no event, and JSON that ends too soon', async () => {
    expect((await send([])).body).toMatchObject({ status: 400, type: 'urn:churn:problem:events-missing' });
    const cut = await request(service.url).post('/events').set('content-type', 'application/json').send('[{');
    expect(cut.body).toMatchObject({ status: 400, type: 'urn:churn:problem:json-malformed' });
  });

  it('10,001 events, and takes 10,000', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => order(`m${i}`));
    expect((await send(many(10_001))).body).toMatchObject({
      status: 413,
      type: 'urn:churn:problem:too-many-events',
    });
    expect((await send(many(10_000))).body).toMatchObject({ accepted: 10_000 });
  });

  it('more than 8 MiB, whether the size is announced or not', async () => {
    const line = Buffer.alloc(9 * 2 ** 20, ' ');
    const announced = await sendLines(line);
    expect(announced.body).toMatchObject({ status: 413, type: 'urn:churn:problem:body-too-large' });
    const chunked = await fetch(`${service.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: new Blob([line]).stream(),
      duplex: 'half',
    });
    expect(chunked.status).toBe(413);
  });
});

it('answers 404 for a project without definitions, and says what to do', async () => {
  const other = await createWorld(sampleProject({ project: 'other' }));
  await other.db.pool.query('DELETE FROM definition_set');
  const lone = await other.start();
  try {
    const answer = await request(lone.url).post('/events').send(order('x'));
    expect(answer.body).toMatchObject({ status: 404, detail: expect.stringContaining('churn apply') });
    await insertProject(other.db.pool, sampleProject({ project: 'other' }));
    expect((await request(lone.url).post('/events').send(order('x'))).status).toBe(202);
  } finally {
    await other.close();
  }
});
