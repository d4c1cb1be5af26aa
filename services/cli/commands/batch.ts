import type { BatchRun } from '@churn/contracts';
import type { Command } from 'commander';
import type { OpenSession } from '../command.ts';
import { CliError, EXIT } from '../errors.ts';
import { count, table } from '../format.ts';
import { listBatches, readBatch, startBatch } from '../operations.ts';
import { waitForRun } from '../wait.ts';

const LIMIT_MS = 12 * 3_600_000;

export function addBatch(program: Command, open: OpenSession): void {
  const batch = program
    .command('batch')
    .description('Scoring of all customers: nightly by itself, or now')
    .addHelpText('after', '\nExample:\n  $ churn batch run');
  batch
    .command('run')
    .description('Score every customer and hand the risky ones to the CRM')
    .option('--date <YYYY-MM-DD>', 'prediction date; default today (UTC)')
    .option('--no-wait', 'print the run id and return')
    .addHelpText(
      'after',
      '\nExamples:\n  $ churn batch run\n  $ churn batch run --date 2026-03-05 --no-wait\n\nA date is scored once; a run that failed is taken up again. Ctrl-C ends the waiting, not the run.',
    )
    .action(async ({ date, wait }: { date?: string; wait: boolean }, command: Command) => {
      const { client, output } = open(command);
      const runId = await startBatch(client, { prediction_date: date });
      if (!wait) {
        output.result(
          { run_id: runId },
          ({ run_id }) => `batch run ${run_id} started; \`churn batch status ${run_id}\` shows it`,
        );
        return;
      }
      const run = await waitForRun(() => readBatch(client, runId), output.progress, {
        limitMs: LIMIT_MS,
      }).finally(() => output.settle());
      output.result(run, describeBatch);
    });
  batch
    .command('status')
    .argument('[run]', 'run id; default the newest')
    .description('How far a run is')
    .addHelpText('after', '\nExample:\n  $ churn batch status\n\nExit code 66 when there is no run yet.')
    .action(async (id: string | undefined, _options, command: Command) => {
      const { client, output } = open(command);
      const run = id === undefined ? (await listBatches(client))[0] : await readBatch(client, id);
      if (run === undefined) throw new CliError('No batch run yet: churn batch run.', EXIT.notFound);
      output.result(run, describeBatch);
    });
  batch
    .command('list')
    .description('Runs, newest first')
    .addHelpText('after', '\nExample:\n  $ churn batch list')
    .action(async (_options, command: Command) => {
      const { client, output } = open(command);
      output.result({ runs: await listBatches(client) }, ({ runs }) =>
        table(
          ['RUN', 'DATE', 'STATE', 'TRIGGER', 'CUSTOMERS', 'HIGH RISK', 'CHUNKS', 'STARTED'],
          runs.map((run) => [
            run.run_id,
            run.prediction_date,
            run.state,
            run.trigger,
            run.customers === null ? null : count(run.customers),
            run.high_risk === null ? null : count(run.high_risk),
            `${run.chunks_done}/${run.chunks}`,
            run.created_at.slice(0, 16),
          ]),
        ),
      );
    });
}

function describeBatch(run: BatchRun): string {
  const lines = [
    `run ${run.run_id} for ${run.prediction_date}: ${run.state}${run.step === null ? '' : ` (${run.step})`}`,
  ];
  if (run.model !== null) lines.push(`model ${run.model}/${run.model_version}, features as of ${run.as_of}`);
  if (run.customers !== null)
    lines.push(`${count(run.customers)} customers in ${run.chunks} chunks, ${run.chunks_done} done`);
  if (run.high_risk !== null)
    lines.push(
      `${count(run.high_risk)} of high risk${run.exported_at === null ? '' : `, handed to the CRM at ${run.exported_at}`}`,
    );
  if (run.error !== null) lines.push(run.error.detail);
  return lines.join('\n');
}
