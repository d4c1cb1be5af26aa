import { eventually } from '@churn/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import request from 'supertest';
import type { Service } from './service.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;
let service: Service;

beforeAll(async () => {
  world = await createWorld();
  await world.promote();
  await world.store('c1', 0.75);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.redis.start();
  await world.fill(10);
  service = await world.start();
  await eventually(async () => (await ask('c1')).body.degraded === false);
});
afterEach(() => service.close());

const ask = (id: string) => request(service.url).post('/predict').send({ customer_id: id });

const AWAY: [string, () => Promise<void>][] = [
  ['gone', () => world.redis.stop()],
  ['emptied', () => world.redis.flush()],
];

test.each(AWAY)('with Redis %s the last stored prediction answers, and says so', async (_, take) => {
  await take();
  const { status, body } = await ask('c1');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    churn_probability: 0.75,
    churn_risk: 'high',
    features_used: {},
    degraded: true,
    model_version: 'churn/1',
  });
});

test.each(AWAY)('with Redis %s nobody is called unknown for want of features', async (_, take) => {
  await take();
  const one = await ask('c2');
  expect(one.status).toBe(503);
  expect(one.headers['retry-after']).toBeDefined();
  const many = await request(service.url)
    .post('/predict')
    .send({ customer_ids: ['c1', 'c2'] });
  expect(many.status).toBe(200);
  expect(many.body.predictions).toMatchObject([
    { customer_id: 'c1', churn_probability: 0.75, degraded: true },
    { customer_id: 'c2', churn_risk: 'unknown', degraded: true },
  ]);
});

test('stays ready without Redis, and says in /health what is missing', async () => {
  await world.redis.stop();
  expect((await request(service.url).get('/health/ready')).status).toBe(200);
  expect((await request(service.url).get('/health')).body).toMatchObject({
    status: 'unhealthy',
    redis: 'disconnected',
  });
});

test('answers afresh once Redis is back and filled', async () => {
  await world.redis.stop();
  expect((await ask('c1')).body.degraded).toBe(true);
  await world.redis.start();
  await world.fill(10);
  await eventually(async () => (await ask('c1')).body.degraded === false);
});

test('health says so while Redis answers but holds no complete features', async () => {
  const health = async () => (await request(service.url).get('/health')).body;
  expect(await health()).not.toHaveProperty('warning');
  await world.redis.flush();
  expect(await health()).toMatchObject({
    status: 'healthy',
    redis: 'connected',
    warning: expect.stringMatching(/features of project shop are not complete.*stored predictions/),
  });
  await world.fill(10);
});

test('the share of errors is one of customers: those without an answer over those asked for', async () => {
  await world.redis.stop();
  const before = await counted();
  await request(service.url)
    .post('/predict')
    .send({ customer_ids: ['c1', 'c2', 'c3', 'c2'] });
  await ask('c2');
  await ask('c1');
  const after = await counted();
  expect(after.asked - before.asked).toBe(6);
  expect(after.errors - before.errors).toBe(4);
});

async function counted(): Promise<{ asked: number; errors: number }> {
  const text = await service.context.metrics.registry.metrics();
  const value = (name: string) =>
    Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (.+)$`, 'm').exec(text)?.[1] ?? 0);
  return { asked: value('prediction_requests_total'), errors: value('prediction_errors_total') };
}
