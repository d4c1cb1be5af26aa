import { count, decimal, table } from '../format.ts';
import type { ModelVersion } from '../operations.ts';

/** What the metrics are of, as the head of their column. */
function judgedOn({ evaluation, dataset }: ModelVersion['manifest']): string {
  if (evaluation.kind === 'folds') return `OUT OF FOLD, ${evaluation.folds} FOLDS BY CUSTOMER`;
  return `ON THE LATER CUT ${dataset.test_cut?.slice(0, 10) ?? ''}`;
}

/** A version's metrics beside its baseline, importance and origin. */
export function describeVersion({ model, version, stage, manifest, transitions }: ModelVersion): string {
  const { metrics, dataset } = manifest;
  const interval = ({ value, low, high }: { value: number; low: number; high: number }) =>
    `${decimal(value)}  [${decimal(low)}, ${decimal(high)}]`;
  return [
    `${model} version ${version}, stage ${stage} (${manifest.algorithm})`,
    '',
    table(
      ['METRIC', `${judgedOn(manifest)}, ${count(metrics.rows)} CUSTOMERS`],
      [
        ['AUC', interval(metrics.auc)],
        [`AUC of ${metrics.baseline.feature} alone`, decimal(metrics.baseline.auc)],
        ['PR-AUC', interval(metrics.pr_auc)],
        ['lift at 10%', interval(metrics.lift_at_10)],
        ['log loss', interval(metrics.log_loss)],
        ['Brier score', interval(metrics.brier)],
        ['calibration error', decimal(metrics.calibration_error)],
      ],
    ),
    '',
    table(
      ['FEATURE', 'SHARE OF GAIN'],
      manifest.importance.slice(0, 10).map(({ feature, gain }) => [feature, decimal(gain)]),
    ),
    '',
    table(
      ['PARAMETER', 'VALUE'],
      Object.entries(manifest.parameters)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, value]) => [name, String(value)]),
    ),
    '',
    table(
      ['ORIGIN', ''],
      [
        ['code commit', manifest.environment.code_commit],
        ['library', `${manifest.environment.library} ${manifest.environment.library_version}`],
        ['threads', String(manifest.threads)],
        ['runtime', `Node ${manifest.environment.node} on ${manifest.environment.platform}`],
      ],
    ),
    '',
    `trained on ${count(dataset.training_rows)} rows of ${dataset.training_cuts.length} cuts, dataset ${dataset.version.slice(0, 12)}, seed ${manifest.seed}`,
    ...transitions.map(
      ({ from, to, actor, reason, at }) => `${at}  ${from} -> ${to}  by ${actor}: ${reason}`,
    ),
    ...(stage === 'None'
      ? ['', `Next: churn models promote ${model} ${version} --stage Staging --reason "..."`]
      : []),
  ].join('\n');
}
