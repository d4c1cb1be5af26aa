import { createLogger } from '@churn/platform';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { loadInferenceConfig } from './config.ts';
import { type Service, startInferenceService } from './service.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;
let service: Service | undefined;

beforeAll(async () => {
  world = await createWorld();
});
afterEach(() => service?.close());
afterAll(() => world.close());

// What cannot be read or loaded is logged as an error, as it should be; here it is expected.
const silent = () => {
  const log = createLogger('inference', 'error');
  log.silent = true;
  return log;
};

/** What /predict and /health say of a service without a model. */
async function said({ url }: Service) {
  const predict = await request(url).post('/predict').send({ customer_id: 'c1' });
  const health = await request(url).get('/health');
  expect([predict.status, health.status]).toEqual([503, 503]);
  expect(health.body.error).toBe(predict.body.detail);
  return { type: predict.body.type, detail: predict.body.detail, retry: predict.headers['retry-after'] };
}

test('a process that could not read the registry yet does not claim that no model is in Production', async () => {
  const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none', REDIS_URL: world.redis.url, PORT: '0' };
  const config = loadInferenceConfig({ ...env, CHURN_AUTH: 'off', CHURN_PROJECT: 'shop' });
  service = await startInferenceService(config, { log: silent() });
  expect(await said(service)).toEqual({
    type: 'urn:churn:problem:models-unread',
    detail: expect.stringMatching(/has not yet read .* Try again in a second/),
    retry: '1',
  });
});

test('without a model in Production it says how to get one', async () => {
  service = await world.start({ log: silent() });
  expect(await said(service)).toEqual({
    type: 'urn:churn:problem:no-model',
    detail: expect.stringMatching(/^No model of project shop .*churn train, then churn models promote\.$/),
    retry: '30',
  });
});

test('a model in Production that cannot be loaded is named with the reason', async () => {
  await world.promote();
  await world.db.pool.query(`UPDATE artifact SET bytes = bytes || '\\x00'::bytea`);
  service = await world.start({ log: silent() });
  expect(await said(service)).toEqual({
    type: 'urn:churn:problem:model-refused',
    detail: expect.stringMatching(
      /^churn\/1 of project shop is in Production and cannot be served: .*is damaged/,
    ),
    retry: '30',
  });
});
