import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { FIGURES } from '../../services/cli/capacity/figures.ts';
import { yaml } from './manifests.ts';

const CHART = resolve(import.meta.dirname, '../../helm/churn');
const files = readdirSync(CHART).filter((name) => /^values.*\.yaml$/.test(name));
const requests = z.object({ memory: z.string().optional() });
const values = z.object({
  services: z.object({ inference: z.object({ resources: z.object({ requests }).optional() }) }),
});
const memoryIn = (file: string) =>
  yaml(`helm/churn/${file}`, values).services.inference.resources?.requests.memory;

function mebibytes(quantity: string): number {
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity) ?? [];
  if (number === undefined) throw new Error(`${quantity}: expected Mi or Gi.`);
  return Number(number) * (unit === 'Gi' ? 1024 : 1);
}

test('there are values for dev, small, large and the seed', () => {
  expect(files.sort()).toEqual(
    ['values-dev.yaml', 'values-large.yaml', 'values-seed.yaml', 'values-small.yaml', 'values.yaml'].sort(),
  );
});

test.each(files)('a busy pod of inference takes at most half of the memory that %s asks for it', (file) => {
  const request = memoryIn(file) ?? memoryIn('values.yaml') ?? '';
  expect(2 * FIGURES.inferenceMemoryMiB).toBeLessThanOrEqual(mebibytes(request));
});
