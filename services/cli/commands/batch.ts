import type { BatchRun } from '@churn/contracts';
import type { Command } from 'commander';
import type { OpenSession } from '../command.ts';
import { CliError, EXIT } from '../errors.ts';
import { count, table } from '../format.ts';
import { listBatches, readBatch, resumeBatch, startBatch } from '../operations.ts';
import type { Session } from '../session.ts';
import { waitForRun } from '../wait.ts';
import { argument } from './arguments.ts';

const LIMIT_MS = 12 * 3_600_000;

export function addBatch(program: Command, open: OpenSession): void {
  const batch = program
    .command('batch')
    .description('Scoring of all customers: nightly by itself, or now')
    .addHelpText('after', '\nExample:\n  $ churn batch run');
  addRun(batch, open);
  addResume(batch, open);
  addStatus(batch, open);
  addList(batch, open);
}

function addRun(batch: Command, open: OpenSession): void {
  batch
    .command('run')
    .description('Score every customer and hand the risky ones to the CRM')
    .option(
      '--date <YYYY-MM-DD>',
      'day to score for, today or one before; default today (UTC)',
      argument.date,
    )
    .option('--no-wait', 'print the run id and return')
    .addHelpText(
      'after',
      '\nExamples:\n  $ churn batch run\n  $ churn batch run --date 2026-03-05 --no-wait\n\nA project has one run at a time; a later run of the same date replaces its predictions. A run that failed goes on with churn batch resume.\nCtrl-C ends the waiting, not the run.',
    )
    .action(async ({ date, wait }: { date?: string; wait: boolean }, command: Command) => {
      const session = open(command);
      const runId = await startBatch(session.client, { prediction_date: date });
      if (wait) await followBatch(session, runId);
      else announce(session, runId, 'started');
    });
}

function addResume(batch: Command, open: OpenSession): void {
  batch
    .command('resume')
    .argument('<run>', 'id of a run that failed, as list shows it', argument.batchRun)
    .description('Go on with a failed run where it failed')
    .option('--no-wait', 'print the run id and return')
    .addHelpText(
      'after',
      '\nExample:\n  $ churn batch resume 6f1c0a52-3f0e-4d52-9a64-0c6a2f1f7d11\n\nChunks that are done are not done again. Mend the cause first: churn batch status <run> names it.\nCtrl-C ends the waiting, not the run.',
    )
    .action(async (id: string, { wait }: { wait: boolean }, command: Command) => {
      const session = open(command);
      const runId = await resumeBatch(session.client, id);
      if (wait) await followBatch(session, runId);
      else announce(session, runId, 'resumed');
    });
}

function addStatus(batch: Command, open: OpenSession): void {
  batch
    .command('status')
    .argument('[run]', 'run id; default the newest', argument.batchRun)
    .description('How far a run is')
    .addHelpText('after', '\nExample:\n  $ churn batch status\n\nExit code 66 when there is no run yet.')
    .action(async (id: string | undefined, _options, command: Command) => {
      const { client, output } = open(command);
      const run = id === undefined ? (await listBatches(client))[0] : await readBatch(client, id);
      if (run === undefined) throw new CliError('No batch run yet: churn batch run.', EXIT.notFound);
      output.result(run, describeBatch);
    });
}

function addList(batch: Command, open: OpenSession): void {
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

/** Waits for a run, with its progress on stderr, and shows it. */
async function followBatch({ client, output }: Session, runId: string): Promise<void> {
  const run = await waitForRun(() => readBatch(client, runId), output.progress, {
    limitMs: LIMIT_MS,
    remedy: `Mend the cause, then go on where it failed: churn batch resume ${runId}`,
  }).finally(() => output.settle());
  output.result(run, describeBatch);
}

function announce({ output }: Session, runId: string, what: 'started' | 'resumed'): void {
  output.result(
    { run_id: runId },
    ({ run_id }) => `batch run ${run_id} ${what}; \`churn batch status ${run_id}\` shows it`,
  );
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
  if (run.state === 'failed') lines.push(`Next: mend the cause, then churn batch resume ${run.run_id}`);
  return lines.join('\n');
}
