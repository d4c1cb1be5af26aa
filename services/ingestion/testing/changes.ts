import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import type { ImportResult } from '@churn/contracts';
import { definitionsHash, type ProjectIr } from '@churn/features';
import type pg from 'pg';
import type { Context } from '../context.ts';
import { sourceRules } from '../events/source-rules.ts';
import { importFile } from '../imports/import-file.ts';

/** Makes `ir` the project's current definitions, as the next version. */
export async function applyDefinitions(pool: pg.Pool, ir: ProjectIr): Promise<void> {
  await pool.query(
    `INSERT INTO definition_set (project_id, version, hash, ir, applied_by)
     SELECT $1, max(version) + 1, $2, $3, 'test' FROM definition_set WHERE project_id = $1`,
    [ir.project, definitionsHash(ir), JSON.stringify(ir)],
  );
}

/** Imports a file (default: a CSV) without touching the online store, as an import does whose process ends before the rebuild. */
export async function importOrders(
  context: Context,
  ir: ProjectIr,
  text: string | Buffer,
  changes: { source?: string; onError?: 'stop' | 'skip'; format?: 'csv' | 'parquet' } = {},
): Promise<ImportResult> {
  const { source = 'orders', ...options } = changes;
  const rules = sourceRules(ir, source);
  if (rules === null) throw new Error(`the project has no source ${source}`);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const path = context.lakePath(`${sha256}.csv`);
  await writeFile(path, text);
  try {
    return await importFile(context, {
      projectId: ir.project,
      rules,
      path,
      sha256,
      fileName: 'orders.csv',
      format: 'csv',
      onError: 'stop',
      shiftEnd: undefined,
      asOf: null,
      ...options,
    });
  } finally {
    await rm(path);
  }
}
