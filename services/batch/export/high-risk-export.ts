import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { findModel } from '@churn/features';
import { inTransaction } from '@churn/platform';
import { definitionsByHash } from '@churn/registry';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Context } from '../context.ts';
import type { Run } from '../queries/claim-run.ts';
import { CRM_TABLE, ensureCrmTables, takeExport } from '../queries/crm-tables.ts';
import { RunFailed } from '../run-failed.ts';
import { crmColumns, type ExportColumns, exportLine } from './crm-rows.ts';
import { highRiskRows } from './high-risk-rows.ts';

export interface Exported {
  /** False when a run that looks from a later instant has exported already. */
  exported: boolean;
  rows: number;
}

/**
 * Replaces the project's rows of high_churn_risk_customers by the run's eligible customers of high risk, in one transaction of the
 * CRM's database. Safe to repeat. Throws when that database is out of reach or refuses.
 */
export async function exportHighRisk(context: Context, run: Run, signal: AbortSignal): Promise<Exported> {
  const columns = await exportColumns(context, run);
  return inTransaction(context.crmPool, async (client) => {
    await ensureCrmTables(client);
    if (!(await takeExport(client, run))) return { exported: false, rows: 0 };
    await client.query(`DELETE FROM ${CRM_TABLE} WHERE project_id = $1`, [run.projectId]);
    const rows = await copyHighRisk(context, client, { run, columns, signal });
    await context.hooks.at('exporting', run);
    return { exported: true, rows };
  });
}

async function copyHighRisk(
  context: Context,
  client: PoolClient,
  work: { run: Run; columns: ExportColumns; signal: AbortSignal },
): Promise<number> {
  let rows = 0;
  const exportedAt = new Date(context.now());
  async function* lines(): AsyncGenerator<string> {
    for await (const batch of highRiskRows(context, work.run, work.columns.features)) {
      work.signal.throwIfAborted();
      rows += batch.length;
      yield batch.map((row) => exportLine(row, work.columns, work.run, exportedAt)).join('');
    }
  }
  const target = client.query(copyFrom(`COPY ${CRM_TABLE} (${crmColumns}) FROM STDIN`));
  await pipeline(Readable.from(lines()), target);
  await finished(target);
  return rows;
}

async function exportColumns(context: Context, run: Run): Promise<ExportColumns> {
  const found = await definitionsByHash(context.pool, run.projectId, run.definitionsHash ?? '');
  if (found === null)
    throw new RunFailed(`The definitions ${run.definitionsHash} are not in the catalog. Apply them again.`);
  const model = findModel(found.ir, run.model ?? undefined);
  const named = (name: string) => model.features.find((reference) => reference.endsWith(`:${name}`));
  const spent = named('total_spent_30d');
  const recency = named('days_since_last_txn');
  const all = [...model.export_features, ...[spent, recency].filter((reference) => reference !== undefined)];
  return { features: [...new Set(all)], exported: model.export_features, spent, recency };
}
