import type { DriftRun } from '@churn/contracts';
import type { Command } from 'commander';
import type { OpenSession } from '../command.ts';
import { CliError, EXIT } from '../errors.ts';
import { decimal, table } from '../format.ts';
import { latestDrift, readDrift } from '../operations.ts';

export function addDrift(program: Command, open: OpenSession): void {
  program
    .command('drift')
    .argument('[run]', 'drift run id; default the newest')
    .description('How far features and scores have moved from what the model was trained on')
    .option('--fail-on-drift', 'exit with 1 when a column has drifted, for scripts')
    .addHelpText(
      'after',
      '\nExamples:\n  $ churn drift\n  $ churn drift --fail-on-drift || echo "train again"\n\nPSI below 0.1 is stable, from 0.2 drifted. At many rows a small KS p-value alone means little.',
    )
    .action(async (id: string | undefined, { failOnDrift }: { failOnDrift?: boolean }, command: Command) => {
      const { client, output } = open(command);
      const run = id === undefined ? await latestDrift(client) : await readDrift(client, id);
      if (run === null)
        throw new CliError(
          'No drift check yet: one follows each batch run (churn batch run).',
          EXIT.notFound,
        );
      output.result(run, (found) => describeDrift(found, client.urls.monitoring));
      if (failOnDrift === true && (run.drifted ?? 0) > 0)
        throw new CliError(`${run.drifted} columns have drifted.`, EXIT.failed);
    });
}

function describeDrift(run: DriftRun, base: string): string {
  const names = [...new Set(run.results.flatMap(({ statistics }) => Object.keys(statistics)))];
  const rows = [...run.results]
    .sort((a, b) => (b.statistics.psi ?? -1) - (a.statistics.psi ?? -1))
    .map(({ column, status, statistics }) => [
      column,
      status,
      ...names.map((name) => {
        const value = statistics[name];
        return value === undefined ? null : small(value) ? value.toExponential(1) : decimal(value, 3);
      }),
    ]);
  return [
    `${run.model}/${run.model_version}, ${run.state}: ${run.drifted ?? 0} of ${run.results.length} columns drifted`,
    '',
    table(['COLUMN', 'STATUS', ...names.map((name) => name.toUpperCase())], rows),
    ...(run.report === null ? [] : ['', `report: ${new URL(run.report, base).href}`]),
  ].join('\n');
}

/** What three places would round to nothing, such as a p-value. */
function small(value: number): boolean {
  return value !== 0 && Math.abs(value) < 0.001;
}
