import { driftRun, driftRunList } from '@churn/contracts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Service, startMonitoringService } from './service.ts';
import { checkEnded, finishBatchRun } from './testing/batch-runs.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;
let service: Service;

beforeEach(async () => {
  world = await createWorld();
  service = await startMonitoringService(world.config);
});
afterEach(async () => {
  await service.close();
  await world.close();
});

const get = (path: string) => request(service.url).get(path);
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
