import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findModel, type ProjectIr } from '@churn/features';
import { buildSnapshot, type Duck, listSegments, openDuck } from '@churn/lake';
import { z } from 'zod';
import type { Platform } from './platform.ts';

const profile = z.object({
  system_peak_buffer_memory: z.number(),
  system_peak_temp_dir_size: z.number(),
});

interface Peaks {
  /** The most that DuckDB held, and that it wrote to its scratch folder, in bytes. */
  memory: number;
  spilled: number;
}

/** Builds the snapshot of a night with as much memory as it wants, and again with half of that. */
export async function measureSnapshot(
  platform: Platform,
  ir: ProjectIr,
): Promise<{ memory: number; spilled: number; file: number }> {
  const outPath = join(platform.dir, 'snapshot.parquet');
  const { memory } = await snapshotPeaks(platform, ir, outPath);
  const file = statSync(outPath).size;
  const { spilled } = await snapshotPeaks(platform, ir, outPath, memory / 2);
  return { memory, spilled, file };
}

async function snapshotPeaks(
  { pool, dir, lakeUrl }: Platform,
  ir: ProjectIr,
  outPath: string,
  limit?: number,
): Promise<Peaks> {
  const duck = await openDuck({
    tempDir: dir,
    ...(limit !== undefined && { memoryLimit: `${Math.ceil(limit / 2 ** 20)}MiB` }),
  });
  const peaks: Peaks = { memory: 0, spilled: 0 };
  try {
    await buildSnapshot(await profiled(duck, join(dir, 'profile.json'), peaks), {
      ir,
      model: findModel(ir).name,
      segments: await listSegments(pool, ir.project),
      lakeUrl,
      cutsUs: [Date.now() * 1_000],
      upToPosition: Number.MAX_SAFE_INTEGER,
      labels: false,
      outPath,
    });
  } finally {
    await duck.close();
  }
  return peaks;
}

/** A DuckDB that notes after each statement what it came to. */
async function profiled(duck: Duck, path: string, peaks: Peaks): Promise<Duck> {
  await duck.run("SET enable_profiling = 'json'");
  await duck.run(`SET profiling_output = '${path}'`);
  await duck.run(
    `SET custom_profiling_settings = '{"SYSTEM_PEAK_BUFFER_MEMORY": "true", "SYSTEM_PEAK_TEMP_DIR_SIZE": "true"}'`,
  );
  return {
    ...duck,
    async run(sql, values) {
      await duck.run(sql, values);
      const seen = profile.parse(JSON.parse(readFileSync(path, 'utf8')));
      peaks.memory = Math.max(peaks.memory, seen.system_peak_buffer_memory);
      peaks.spilled = Math.max(peaks.spilled, seen.system_peak_temp_dir_size);
    },
  };
}
