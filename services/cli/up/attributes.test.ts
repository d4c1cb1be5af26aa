import { resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { freeUrls } from '../testing/ports.ts';
import { churnJson } from '../testing/run-churn.ts';
import { scratchState } from '../testing/up-process.ts';

const TELCO = resolve(import.meta.dirname, '../../../examples/telco');
const LIMIT_MS = 170_000;
const state = scratchState();
afterAll(() => state.remove());

test(
  'a table of attributes with explicit labels is up in one command, and a second start finds it',
  async () => {
    const env = await freeUrls();
    const start = () => churnJson(['up', TELCO, '--once', '--state', state.path], env, LIMIT_MS);
    const first = await start();
    expect(first).toMatchObject({
      code: 0,
      value: {
        imports: [
          { source: 'contracts', as_of: '2025-01-01T00:00:00.000Z', rows_imported: 7_043, rows_rejected: 0 },
          { source: 'outcomes', as_of: '2025-02-01T00:00:00.000Z', rows_imported: 7_043, rows_rejected: 0 },
        ],
        model: { version: 1, baseline: 'contract@1:contract', evaluation: { kind: 'folds', folds: 5 } },
        run: { state: 'succeeded', customers: 7_043 },
        example: { customer: expect.any(String) },
      },
    });
    const { auc, baselineAuc } = (first.value as { model: { auc: number; baselineAuc: number } }).model;
    expect(auc).toBeGreaterThanOrEqual(0.845);
    expect(baselineAuc).toBeCloseTo(0.739, 2);

    const again = await start();
    expect(again).toMatchObject({
      code: 0,
      value: {
        imports: [{ already_imported: true }, { already_imported: true }],
        model: { version: 1, auc },
      },
    });
  },
  2 * LIMIT_MS,
);
