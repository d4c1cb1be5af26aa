import { expect, test } from '@jest/globals';
import type { Run } from '../queries/claim-run.ts';
import { exportLine, shortest } from './crm-rows.ts';

const run = { projectId: 'shop', predictionDate: '2026-03-05', model: 'churn', modelVersion: 3 } as Run;
const columns = {
  features: ['purchases@1:total_spent_30d', 'purchases@1:favourite'],
  exported: ['purchases@1:total_spent_30d', 'purchases@1:favourite'],
  spent: 'purchases@1:total_spent_30d',
  recency: undefined,
};

test('a row of the CRM has features by their short names, and null for what is missing', () => {
  const row = { customerId: 'c1', probability: Math.fround(0.9), values: Float32Array.of(12.34, Number.NaN) };
  const line = exportLine(row, columns, run, new Date(0));
  expect(line).toBe(
    'shop\tc1\t0.9\thigh\t12.34\t\\N\t{"total_spent_30d":12.34,"favourite":null}\t2026-03-05\tchurn\t3\t1970-01-01T00:00:00.000Z\n',
  );
});

test('a customer id that looks like the syntax of COPY stays one field', () => {
  const row = { customerId: '\\N\ta\nb', probability: 0.75, values: Float32Array.of(0, 0) };
  expect(exportLine(row, columns, run, new Date(0)).split('\t')[1]).toBe('\\\\N\\ta\\nb');
});

test('a Float32 is written with as few digits as bring it back', () => {
  expect(shortest(Math.fround(0.1))).toBe(0.1);
  expect(shortest(Math.fround(16777217))).toBe(16777216);
  for (let bits = 0x3f000000; bits < 0x3f000400; bits++) {
    const [value = 0] = new Float32Array(Uint32Array.of(bits).buffer);
    expect(Math.fround(shortest(value) ?? Number.NaN)).toBe(value);
  }
});
