import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compileSnapshotSql, findSource, type ProjectIr } from '@churn/features';
import type { Duck } from './duck.ts';
import { eventsRelation } from './events-relation.ts';
import { readSegments } from './read-segments.ts';
import type { Segment } from './segments.ts';

export interface SnapshotOptions {
  ir: ProjectIr;
  /** Name of the model whose features are wanted. */
  model: string;
  /** Every segment that the snapshot may read. */
  segments: readonly Segment[];
  lakeUrl: string;
  /** Instants in microseconds since 1970. */
  cutsUs: readonly number[];
  /** Events known: up to this position. */
  upToPosition: number;
  /** Adds the column label; the caller sees to it that every cut's horizon has passed. */
  labels: boolean;
  /** Only customers of the population; default: every customer with an event before the cut. */
  eligibleOnly?: boolean;
  /** Absolute path of the Parquet file to write; replaced whole, or not at all. */
  outPath: string;
  /** Cuts done, of how many. */
  onProgress?: (done: number, total: number) => void;
}

export interface SnapshotResult {
  rows: number;
  eligible: number;
}

/** Rows a Parquet row group: what a reader of a range of rows must decode at least. */
const ROW_GROUP_SIZE = 61_440;

/**
 * Writes the features of every customer at every cut as Parquet; see compileSnapshotSql for the columns. Rows are sorted by cut, then
 * customer: the same inputs give the same rows at the same places. Cuts are aggregated one after another, so that memory is that of one.
 * Throws SegmentDamaged when the file of a segment is missing or is not what was written.
 */
export async function buildSnapshot(duck: Duck, options: SnapshotOptions): Promise<SnapshotResult> {
  const table = `snapshot_${randomUUID().replaceAll('-', '')}`;
  const cuts = [...options.cutsUs].sort((a, b) => a - b);
  await mkdir(dirname(options.outPath), { recursive: true });
  try {
    const segments = options.segments.filter(({ source }) => sourcesOf(options.ir).has(source));
    await readSegments(segments, options.lakeUrl, async () => {
      for (const [index, cutUs] of cuts.entries()) {
        await duck.run(
          `${index === 0 ? `CREATE TEMP TABLE ${table} AS` : `INSERT INTO ${table}`} ${cutSql(options, cutUs)}`,
        );
        options.onProgress?.(index + 1, cuts.length);
      }
    });
    await writeParquet(duck, table, options.outPath);
    return await countRows(duck, table);
  } finally {
    await duck.run(`DROP TABLE IF EXISTS ${table}`);
  }
}

function sourcesOf({ views, labels }: ProjectIr): Set<string> {
  return new Set([...views, ...labels].map(({ source }) => source));
}

function cutSql(options: SnapshotOptions, cutUs: number): string {
  const { ir, model, segments, lakeUrl } = options;
  const events = [...sourcesOf(ir)].map((name) => [
    name,
    eventsRelation(segments, findSource(ir, name), lakeUrl),
  ]);
  return compileSnapshotSql(ir, {
    model,
    events: Object.fromEntries(events),
    cuts: [BigInt(cutUs)],
    upToPosition: BigInt(options.upToPosition),
    label: options.labels,
    eligibleOnly: options.eligibleOnly ?? false,
  });
}

async function writeParquet(duck: Duck, table: string, outPath: string): Promise<void> {
  const partial = `${outPath}.${randomUUID()}.partial`;
  try {
    await duck.run(
      `COPY (SELECT * FROM ${table}) TO '${partial.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_SIZE})`,
    );
    await rename(partial, outPath);
  } finally {
    await rm(partial, { force: true });
  }
}

async function countRows(duck: Duck, table: string): Promise<SnapshotResult> {
  const [counted] = await duck.rows<{ total: bigint; eligible: bigint }>(
    `SELECT count(*) AS total, count(*) FILTER (WHERE eligible) AS eligible FROM ${table}`,
  );
  return { rows: Number(counted?.total ?? 0n), eligible: Number(counted?.eligible ?? 0n) };
}
