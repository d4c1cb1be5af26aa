import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createTestLake, sampleProject, type TestLake } from '@churn/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { buildSnapshot } from './build-snapshot.ts';
import { type Duck, openDuck } from './duck.ts';
import type { Segment } from './segments.ts';

const PATH = 'shop/segments/orders/1-2000.parquet';
const ir = sampleProject();

let lake: TestLake;
let duck: Duck;
let segment: Segment;
const file = () => `${lake.path}/${PATH}`;

beforeAll(async () => {
  lake = createTestLake();
  duck = await openDuck({ tempDir: lake.path });
  await mkdir(`${lake.path}/shop/segments/orders`, { recursive: true });
});
afterAll(async () => {
  await duck.close();
  lake.remove();
});
beforeEach(async () => {
  await duck.run(
    `COPY (SELECT 'c' || hash(i) AS entity_id, 1000000 * i AS occurred_us, i AS row_offset, 'e' || i AS event_id, (hash(i) % 9973)::BIGINT AS amount, 1::BIGINT AS quantity
     FROM range(2000) AS r (i)) TO '${file()}' (FORMAT parquet, COMPRESSION zstd)`,
  );
  const place = { segmentId: '1', source: 'orders', path: PATH, rows: 2_000 };
  const sha256 = createHash('sha256').update(readFileSync(file())).digest('hex');
  const range = { positionFrom: 1, positionTo: 2_000, minOccurredUs: 0, maxOccurredUs: 1_999_000_000 };
  segment = { ...place, ...range, sha256, bytes: statSync(file()).size };
});

const snapshot = () =>
  buildSnapshot(duck, {
    ir,
    model: 'churn',
    segments: [segment],
    lakeUrl: lake.url,
    cutsUs: [3_000_000_000],
    upToPosition: 2_000,
    labels: false,
    outPath: `${lake.path}/snapshot.parquet`,
  });

/** Other bytes in the middle, the same length. */
function overwrite(from: number, to: number): void {
  const bytes = readFileSync(file());
  bytes.fill(0xa5, Math.floor(bytes.length * from), Math.floor(bytes.length * to));
  writeFileSync(file(), bytes);
}

test.each<[string, string, () => void]>([
  ['is gone', 'is missing', () => rmSync(file())],
  ['was cut short', 'bytes instead of', () => truncateSync(file(), 5_000)],
  ['is empty', 'has 0 bytes instead of', () => truncateSync(file(), 0)],
  ['begins otherwise', 'is no Parquet file any more', () => overwrite(0, 0.01)],
  ['is damaged within', 'has other content than was written', () => overwrite(0.05, 0.9)],
])('a segment whose file %s is named, with what to do', async (_, fault, spoil) => {
  expect(await snapshot()).toMatchObject({ rows: 2_000 });
  spoil();
  const failed = snapshot();
  await expect(failed).rejects.toMatchObject({ name: 'SegmentDamaged' });
  await expect(failed).rejects.toThrow(`Segment ${PATH} of source orders (2000 events)`);
  await expect(failed).rejects.toThrow(fault);
  await expect(failed).rejects.toThrow(`Put the file back from a backup of the lake: ${segment.bytes} bytes`);
});

test('a failure of another kind keeps its own words', async () => {
  duck.connection.closeSync();
  await expect(snapshot()).rejects.not.toMatchObject({ name: 'SegmentDamaged' });
  duck = await openDuck({ tempDir: lake.path });
});
