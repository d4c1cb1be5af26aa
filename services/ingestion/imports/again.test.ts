import { readdirSync } from 'node:fs';
import { request as open } from 'node:http';
import { eventually, sampleProject } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import type { Service } from '../service.ts';
import { applyDefinitions } from '../testing/changes.ts';
import { postOrders, served, servedAfterRebuild } from '../testing/online-states.ts';
import { createWorld, PROJECT, type World } from '../testing/world.ts';

const shop = sampleProject();
let world: World;
let service: Service;
beforeAll(async () => {
  world = await createWorld(shop);
  service = await world.start();
});
afterAll(() => world.close());

const HEADER = 'customer_id,ordered_at,amount,quantity\n';
const QUERY = '/imports?source=orders&format=csv';
const upload = (text: string) => request(service.url).post(QUERY).set('content-type', 'text/csv').send(text);
const rows = async (table: string): Promise<number> => {
  const found = await world.db.pool.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${table}`);
  return found.rows[0]?.rows ?? -1;
};

test('an upload that is cut off imports nothing, leaves nothing, and can be sent again', async () => {
  const text = `${HEADER}cut,2026-01-01,1.00,1\n`;
  const uploads = `${world.lake.path}/${PROJECT}/uploads`;
  const sending = open(`${service.url}${QUERY}`, { method: 'POST', headers: { 'content-type': 'text/csv' } });
  const ended = new Promise((resolve) => sending.on('error', resolve));
  sending.write(text);
  await eventually(() => readdirSync(uploads).length === 1);
  sending.destroy(new Error('gone'));
  await ended;
  await eventually(() => readdirSync(uploads).length === 0);
  expect([await rows('file_import'), await rows('segment')]).toEqual([0, 0]);
  expect((await upload(text)).body).toMatchObject({ rows_imported: 1, already_imported: false });
});

test('a file sent several times at once is imported once, and every answer says the same', async () => {
  const before = [await rows('file_import'), await rows('segment')];
  const text = `${HEADER}same,2026-01-02,2.00,1\nsame,2026-01-03,3.00,1\n`;
  const answers = await Promise.all([upload(text), upload(text), upload(text)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(new Set(answers.map(({ body }) => body.import_id)).size).toBe(1);
  expect(answers.filter(({ body }) => !body.already_imported)).toHaveLength(1);
  expect([await rows('file_import'), await rows('segment')]).toEqual(before.map((count) => count + 1));
});

test('a file of which every row was rejected is judged again, and fixes no shift', async () => {
  const skip = (text: string, more = '') =>
    request(service.url).post(`${QUERY}&on_error=skip${more}`).set('content-type', 'text/csv').send(text);
  const early = `${HEADER}early,2026-03-09,1.00,1\n`;
  expect((await skip(early)).body).toMatchObject({ rows_imported: 0, rows_rejected: 1 });
  expect((await skip(early)).body).toMatchObject({ rows_rejected: 1, already_imported: false });
  world.nowMs += 7 * 86_400_000;
  expect((await skip(early)).body).toMatchObject({ rows_imported: 1, already_imported: false });
  expect((await skip(early)).body).toMatchObject({ rows_imported: 1, already_imported: true });
});

test('a first import that was rejected whole fixes no shift of its source', async () => {
  const other = {
    ...shop,
    sources: [...shop.sources, ...shop.sources.map((source) => ({ ...source, name: 'old' }))],
  };
  await applyDefinitions(world.db.pool, other);
  const send = (text: string, more = '') =>
    request(service.url)
      .post(`/imports?source=old&format=csv&on_error=skip${more}`)
      .set('content-type', 'text/csv')
      .send(text);
  expect((await send(`${HEADER}x,2020-01-01,none,1\n`)).body).toMatchObject({ rows_rejected: 1 });
  const shifted = await send(`${HEADER}x,2020-01-01,1.00,1\n`, '&shift_end=yesterday');
  expect(shifted.body.shift_days).toBeGreaterThan(2_000);
  // Fixed from now on, whatever is asked for.
  expect((await send(`${HEADER}x,2020-01-02,1.00,1\n`)).body.shift_days).toBe(shifted.body.shift_days);
  // Two days after the last of the file, so two days after yesterday: that it is late shows only with the shift.
  const late = await send(`${HEADER}x,2020-01-04,1.00,1\n`);
  expect(late.body.errors).toMatchObject([
    {
      column: 'ordered_at',
      value: '2020-01-04',
      reason: `is more than 24 hours ahead of now, moved by the ${shifted.body.shift_days} days that the first import of old was shifted by (--shift-end, shift_end); import it as a source of its own, without a shift`,
    },
  ]);
});

test('a shift that is asked for after a first import without one is refused', async () => {
  await upload(`${HEADER}z,2026-01-01,1.00,1\n`);
  const late = await request(service.url)
    .post(`${QUERY}&shift_end=yesterday`)
    .set('content-type', 'text/csv')
    .send(`${HEADER}z,2020-01-01,1.00,1\n`);
  expect(late.status).toBe(422);
  expect(late.body).toMatchObject({
    type: 'urn:churn:problem:shift-too-late',
    detail: expect.stringMatching(/^The times of orders stand as they are .* Leave --shift-end/),
  });
});

test('imports while events stream in: online features are those of the lake', async () => {
  const customers = ['s1', 's2', 's3'];
  const { context } = service;
  const streaming = (async () => {
    for (let i = 0; i < 20; i++) await postOrders(context, world, shop, customers, 2);
  })();
  for (let i = 1; i <= 4; i++) {
    const answer = await upload(HEADER + customers.map((id) => `${id},2026-01-0${i},${i}.50,1\n`).join(''));
    expect(answer.body).toMatchObject({ rows_imported: 3 });
  }
  await streaming;
  await eventually(async () => {
    const { body } = await request(service.url).get('/features/status');
    return body.projector_position === body.position;
  });
  const online = await served(context, shop, customers);
  expect(online?.flat().every((state) => state !== undefined)).toBe(true);
  expect(online).toEqual(await servedAfterRebuild(context, shop, customers));
});
