import { createLogger } from '@churn/platform';
import { eventually } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import type { Service } from './service.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;
let service: Service;

beforeAll(async () => {
  world = await createWorld();
  await world.fill(10);
  const log = createLogger('inference', 'error');
  // What cannot be loaded is logged as an error, as it should be; here it is expected.
  log.silent = true;
  service = await world.start({ log });
});
afterAll(() => world.close());

const health = async () => (await request(service.url).get('/health')).body;
const ask = () => request(service.url).post('/predict').send({ customer_id: 'c1' });

/** By hand: the registry itself refuses to promote a damaged version. */
async function putInProduction(version: number): Promise<void> {
  const { pool } = world.db;
  // At once: between the two no model would serve.
  await pool.query(
    `BEGIN; UPDATE model_version SET stage = 'Archived' WHERE stage = 'Production';
     UPDATE model_version SET stage = 'Production' WHERE version = ${version}; COMMIT`,
  );
  await service.context.champions.refresh();
}

test('before the first champion /predict and /health say what to do; after a promotion it serves without a restart', async () => {
  expect((await ask()).status).toBe(503);
  expect(await health()).toMatchObject({
    status: 'unhealthy',
    model_version: null,
    error: expect.stringContaining('churn models promote'),
  });
  await world.promote([1, 1]);
  await eventually(async () => (await ask()).status === 200);
  expect(await health()).toMatchObject({ status: 'healthy', model_version: 'churn/1' });
});

test('a version whose artifact is damaged is not served: the one before goes on, and health says so', async () => {
  const good = await world.promote([2, 2]);
  await eventually(async () => service.context.champions.serving()[0]?.version === good);
  expect(await health()).not.toHaveProperty('warning');
  await world.db.pool.query(
    `UPDATE artifact SET bytes = bytes || '\\x00'::bytea
     WHERE sha256 = (SELECT onnx_sha256 FROM model_version WHERE version = 1)`,
  );

  await putInProduction(1);

  expect((await ask()).body).toMatchObject({ model_version: `churn/${good}` });
  expect(await health()).toMatchObject({
    status: 'healthy',
    model_version: `churn/${good}`,
    warning: expect.stringMatching(
      /^churn\/1 of project shop is in Production and cannot be served.*sha-?256/i,
    ),
  });

  await putInProduction(good);
  expect(await health()).not.toHaveProperty('warning');
});
