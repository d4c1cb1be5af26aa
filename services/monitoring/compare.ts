import { stat } from 'node:fs/promises';
import { unpackReference } from '@churn/model';
import { getVersion, loadArtifact } from '@churn/registry';
import { driftOf, PSI } from '@churn/statistics';
import type { Context } from './context.ts';
import { readFeature, readScores } from './current-columns.ts';
import { readsFinishedSources } from './finished-sources.ts';
import type { Check } from './queries/claim-check.ts';
import type { CheckResult, ColumnDrift } from './queries/save-check.ts';
import { renderReport } from './report/report.ts';

/** The score's column, beside the features'. */
export const SCORE = 'churn_probability';

/** A check that no repetition will mend. */
export class NotComparable extends Error {
  override name = 'NotComparable';
}

/** The order of results and report; columns that could not be compared come last. */
export function worstFirst(a: ColumnDrift, b: ColumnDrift): number {
  const index = ({ statistics }: ColumnDrift) => statistics[PSI.name] ?? -1;
  return index(b) - index(a) || a.column.localeCompare(b.column);
}

/**
 * Compares every feature and the score of a run's eligible customers with the reference stored with the model: the rows it was tested on, which
 * it had not been trained on. Throws NotComparable when there is nothing to compare.
 */
export async function compare(context: Context, check: Check): Promise<CheckResult> {
  const { manifest } = await getVersion(context.pool, check.projectId, check.model, check.modelVersion);
  if (manifest.reference === null)
    throw new NotComparable(
      `${check.model}/${check.modelVersion} was registered without a reference; train a new version to have one: churn train.`,
    );
  const path = context.lakePath(check.snapshotPath);
  if (check.snapshotPath === '' || !(await stat(path).catch(() => undefined)))
    throw new NotComparable(
      `The snapshot of batch run ${check.batchRunId} is gone (${check.snapshotPath}). Start a new run: churn batch run.`,
    );
  const reference = unpackReference(await loadArtifact(context.pool, manifest.reference.sha256));
  const columns: ColumnDrift[] = [];
  let currentRows = 0;
  for (const feature of manifest.features) {
    const current = await readFeature(context.duck, path, feature);
    currentRows = current.length;
    columns.push({ column: feature, ...driftOf(reference.column(feature), current) });
  }
  const scores = await readScores(context.pool, check);
  columns.push({ column: SCORE, ...driftOf(reference.column(SCORE), scores) });
  columns.sort(worstFirst);
  const found = {
    columns,
    referenceRows: reference.rows,
    currentRows,
    isStatic: await readsFinishedSources(context.pool, check.projectId, manifest),
  };
  return { ...found, html: renderReport({ check, ...found, madeAt: new Date(context.now()) }) };
}
