import { driftRun } from '@churn/contracts';
import { DRIFT_STATISTICS } from '@churn/statistics';
import { eventually } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Service } from './service.ts';
import { checkEnded, finishBatchRun } from './testing/batch-runs.ts';
import { ROWS } from './testing/columns.ts';
import { createWorld, type World } from './testing/world.ts';

/** Names of all that there are: none is lost between its comparison, the database, the answer and the gauge. */
const STATISTICS = DRIFT_STATISTICS.map(({ name }) => name).sort();

let world: World;
let service: Service;

beforeAll(async () => {
  world = await createWorld();
  service = await world.start();
});
afterAll(() => world.close());

async function checkOf(batchRunId: string) {
  const { id } = await checkEnded(world, batchRunId);
  const answer = await request(service.url).get(`/drift-runs/${id}`);
  return driftRun.parse(answer.body);
}

describe('after a batch run', () => {
  it('a check starts by itself and compares every feature and the score with the reference', async () => {
    const check = await checkOf(await finishBatchRun(world));
    expect(check).toMatchObject({
      state: 'succeeded',
      error: null,
      model: 'churn',
      model_version: world.version,
      reference_rows: ROWS,
      current_rows: ROWS,
      drifted: 3,
    });
    const found = Object.fromEntries(check.results.map(({ column, ...result }) => [column, result]));
    const unchanged = {
      status: 'stable',
      statistics: expect.objectContaining({ psi: 0, ks_statistic: 0, ks_p_value: 1 }),
    };
    expect(found).toEqual({
      churn_probability: expect.objectContaining(unchanged),
      'purchases@1:same': expect.objectContaining({ ...unchanged, current_null_rate: 0, reason: null }),
      // Shifted by 6%: the lowest tenth keeps 4% and the highest has 16%: -0.06 ln 0.4 + 0.06 ln 1.6. p: scipy kstwo.sf(0.06, 1200).
      'purchases@1:shifted_little': expect.objectContaining({
        status: 'stable',
        statistics: expect.objectContaining({
          psi: expect.closeTo(0.083178, 6),
          ks_statistic: 0.06,
          ks_p_value: expect.closeTo(0.00033808376, 10),
        }),
      }),
      // Shifted by half: the lower five bins empty, the highest has 60%: 5 (0.0001 - 0.1) ln 0.001 + 0.5 ln 6.
      'purchases@1:shifted_much': expect.objectContaining({
        status: 'drifted',
        statistics: expect.objectContaining({ psi: expect.closeTo(4.346303, 6), ks_statistic: 0.5 }),
      }),
      'purchases@1:missing_alike': expect.objectContaining({
        ...unchanged,
        reference_null_rate: 0.25,
        current_null_rate: 0.25,
      }),
      'purchases@1:goes_missing': expect.objectContaining({
        status: 'drifted',
        reference_null_rate: 0,
        current_null_rate: 0.5,
      }),
      'purchases@1:constant': expect.objectContaining({
        status: 'not-comparable',
        statistics: {},
        reason: expect.stringContaining('every value is 5'),
      }),
      'purchases@1:constant_fell': expect.objectContaining({
        status: 'drifted',
        statistics: expect.objectContaining({ ks_statistic: 1 }),
      }),
    });
    for (const { status, statistics } of check.results)
      expect(Object.keys(statistics).sort()).toEqual(status === 'not-comparable' ? [] : STATISTICS);
  });

  it('the gauges show it', async () => {
    const text = await eventually(async () => {
      const metrics = (await request(service.url).get('/metrics')).text;
      return metrics.includes('drift_psi{') ? metrics : null;
    });
    const labels = (feature: string) =>
      `{project="shop",model="churn",feature="${feature}",service="monitoring"}`;
    for (const line of [
      `drift_psi${labels('churn_probability')} 0\n`,
      `drift_ks_statistic${labels('purchases@1:shifted_much')} 0.5\n`,
      `drift_ks_p_value${labels('purchases@1:same')} 1\n`,
      `drift_null_ratio${labels('purchases@1:goes_missing')} 0.5\n`,
      'drift_columns_drifted{project="shop",model="churn",static="false",service="monitoring"} 3\n',
      'drift_checks_total{outcome="succeeded",service="monitoring"} 1\n',
    ])
      expect(text).toContain(line);
    for (const name of STATISTICS) expect(text).toContain(`drift_${name}${labels('purchases@1:same')} `);
    // A column without a figure has no gauge, rather than a zero.
    expect(text).not.toContain(`drift_psi${labels('purchases@1:constant')}`);
    expect(text).toMatch(/^drift_last_check_timestamp_seconds\{.*\} 1\.?\d+/m);
  });

  it('a run of few customers raises no alarm, and says that they are too few', async () => {
    const check = await checkOf(await finishBatchRun(world, { rows: 100, predictionDate: '2026-03-06' }));
    expect(check).toMatchObject({ state: 'succeeded', drifted: 0, current_rows: 100 });
    for (const result of check.results)
      expect(result).toMatchObject({
        status: 'not-comparable',
        reason: expect.stringMatching(/^not enough data: 100 rows now, and 219 are needed/),
      });
    const report = await request(service.url).get(check.report ?? '');
    expect(report.text).toContain('Nothing could be compared: not enough data.');
  });

  it('a check of a day long past leaves the gauges at the newest day', async () => {
    const shown = async () =>
      /^drift_columns_drifted.*$/m.exec((await request(service.url).get('/metrics')).text)?.[0];
    await eventually(async () => (await shown())?.endsWith(' 0'));
    const check = await checkOf(await finishBatchRun(world, { predictionDate: '2026-01-01' }));
    expect(check.drifted).toBe(3);
    // Checks follow one another: once the second has ended, the gauges were set after the first.
    expect((await checkOf(await finishBatchRun(world, { predictionDate: '2026-01-02' }))).drifted).toBe(3);
    expect(await shown()).toMatch(/ 0$/);
  });
});

describe('a check that cannot be done', () => {
  it('of a model without a reference fails for good and says what to do', async () => {
    const check = await checkOf(await finishBatchRun(world, { version: 1, predictionDate: '2026-03-07' }));
    expect(check).toMatchObject({ state: 'failed', drifted: null, report: null });
    expect(check.error).toBe(
      'churn/1 was registered without a reference; train a new version to have one: churn train.',
    );
    const report = await request(service.url).get(`/drift-runs/${check.drift_run_id}/report`);
    expect(report.status).toBe(404);
    expect(report.body.detail).toContain(check.error);
  });
});
