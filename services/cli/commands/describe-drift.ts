import type { DriftRun } from '@churn/contracts';
import { comparedColumns } from '../drift-verdict.ts';
import { decimal, table } from '../format.ts';

/** A check in sentences, with its columns once it has succeeded: until then what is stored is of the check before. */
export function describeDrift(run: DriftRun, base: string): string {
  return [
    `${run.model}/${run.model_version}: ${sentence(run)}`,
    ...(run.state === 'succeeded' && run.results.length > 0 ? ['', columns(run)] : []),
    ...(run.state === 'succeeded' && run.report !== null
      ? ['', `report: ${new URL(run.report, base).href}`]
      : []),
  ].join('\n');
}

function sentence(run: DriftRun): string {
  const check = `the check of batch run ${run.batch_run_id}`;
  if (run.state === 'failed') return `${check} failed`;
  if (run.state === 'running') return `${check} is under way; \`churn drift\` shows it when it has ended`;
  const compared = comparedColumns(run);
  const others = run.results.length - compared;
  if (compared === 0) return `${check} could compare no column, so it is not known what has drifted`;
  return `${run.drifted ?? 0} of ${compared} columns drifted${others === 0 ? '' : `, ${others} could not be compared`}`;
}

function columns({ results }: DriftRun): string {
  const names = [...new Set(results.flatMap(({ statistics }) => Object.keys(statistics)))];
  const withReasons = results.some(({ reason }) => reason !== null);
  const rows = [...results]
    .sort((a, b) => (b.statistics.psi ?? -1) - (a.statistics.psi ?? -1))
    .map(({ column, status, statistics, reason }) => [
      column,
      status,
      ...names.map((name) => {
        const value = statistics[name];
        return value === undefined ? null : small(value) ? value.toExponential(1) : decimal(value, 3);
      }),
      ...(withReasons ? [reason ?? ''] : []),
    ]);
  const head = ['COLUMN', 'STATUS', ...names.map((name) => name.toUpperCase())];
  return table(withReasons ? [...head, 'REASON'] : head, rows);
}

/** What three places would round to nothing, such as a p-value. */
function small(value: number): boolean {
  return value !== 0 && Math.abs(value) < 0.001;
}
