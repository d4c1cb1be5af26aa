import { driftRun, driftRunList } from '@churn/contracts';
import { eventually } from '@churn/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Service } from './service.ts';
import { checkEnded, finishBatchRun } from './testing/batch-runs.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;
let service: Service;

beforeEach(async () => {
  world = await createWorld();
  service = await world.start();
});
afterEach(() => world.close());

const get = (path: string) => request(service.url).get(path);
const gauge = async () => /^drift_columns_drifted.*$/m.exec((await get('/metrics')).text)?.[0];
const checked = async (run: Parameters<typeof finishBatchRun>[1]) =>
  (await checkEnded(world, await finishBatchRun(world, run))).id;

describe('the newest check', () => {
  it('is the one of the newest day, in the list, as latest and as a page, whatever was caught up on since', async () => {
    const today = await checked({ predictionDate: '2026-03-06', rows: 300 });
    const backfilled = await checked({ predictionDate: '1990-01-01' });
    const { runs } = driftRunList.parse((await get('/drift-runs')).body);
    expect(runs.map((run) => [run.drift_run_id, run.prediction_date])).toEqual([
      [today, '2026-03-06'],
      [backfilled, '1990-01-01'],
    ]);
    expect(driftRun.parse((await get('/drift-runs/latest')).body).drift_run_id).toBe(today);
    expect((await get('/drift-runs/latest/report')).text).toContain('2026-03-06');
  });

  it('of one day is the one of its newest run', async () => {
    await checked({ rows: 300 });
    const second = await checked({ rows: 400 });
    expect((await get('/drift-runs/latest')).body).toMatchObject({
      drift_run_id: second,
      current_rows: 400,
    });
  });

  it('is the failed one when the newest day could not be checked: an older page does not stand in for it', async () => {
    await checked({ predictionDate: '2026-03-05' });
    const failed = await checked({ predictionDate: '2026-03-06', version: 1 });
    expect((await get('/drift-runs/latest')).body).toMatchObject({ drift_run_id: failed, state: 'failed' });
    expect((await get('/drift-runs/latest/report')).body).toMatchObject({
      status: 404,
      type: 'urn:churn:problem:drift-run-failed',
    });
  });
});

describe('a check that is asked for again', () => {
  const again = async (batchRunId: string) => {
    await request(service.url).post('/drift-runs').send({ batch_run_id: batchRunId }).expect(202);
    return driftRun.parse((await get(`/drift-runs/${(await checkEnded(world, batchRunId)).id}`)).body);
  };

  it('and fails shows nothing of what it had found before, and the gauges fall back to the day before', async () => {
    await checked({ predictionDate: '2026-03-04', rows: 100 });
    const batchRunId = await finishBatchRun(world);
    await checkEnded(world, batchRunId);
    await eventually(async () => (await gauge())?.endsWith(' 3'));
    world.lake.remove();
    const check = await again(batchRunId);
    expect(check).toMatchObject({ state: 'failed', error: expect.stringContaining('is gone') });
    expect(check).toMatchObject({ results: [], report: null, drifted: null, current_rows: null });
    expect((await get(`/drift-runs/${check.drift_run_id}/report`)).status).toBe(404);
    await eventually(async () => (await gauge())?.endsWith(' 0'));
  });

  it('and succeeds shows what it finds now', async () => {
    const batchRunId = await finishBatchRun(world);
    const first = await checkEnded(world, batchRunId);
    const check = await again(batchRunId);
    expect(check).toMatchObject({ drift_run_id: first.id, state: 'succeeded', drifted: 3, error: null });
    expect(check.results).toHaveLength(8);
  });
});
