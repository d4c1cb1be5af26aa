import type { DriftRun } from '@churn/contracts';
import type { Command } from 'commander';
import type { OpenSession } from '../command.ts';
import { driftFault } from '../drift-verdict.ts';
import { CliError, EXIT } from '../errors.ts';
import { latestDrift, listBatches, readDrift, startDrift } from '../operations.ts';
import type { Session } from '../session.ts';
import { follow } from '../wait.ts';
import { argument } from './arguments.ts';
import { describeDrift } from './describe-drift.ts';

const LIMIT_MS = 10 * 60_000;
const FAIL_ON_DRIFT = ['--fail-on-drift', 'exit with 1 unless nothing has drifted, for scripts'] as const;

interface DriftOptions {
  failOnDrift?: boolean;
}

export function addDrift(program: Command, open: OpenSession): void {
  const drift = program
    .command('drift')
    .argument('[run]', 'drift run id; default the newest', argument.driftRun)
    .description('How far features and scores have moved from what the model was trained on')
    .option(...FAIL_ON_DRIFT)
    .addHelpText(
      'after',
      '\nExamples:\n  $ churn drift\n  $ churn drift --fail-on-drift || echo "look at it"\n\nPSI below 0.1 is stable, from 0.2 drifted. At many rows a small KS p-value alone means little.\nExit code 1 when the check failed; with --fail-on-drift also when a column has drifted, when none could be compared, and while the check\nis under way.',
    )
    .action(async (id: string | undefined, { failOnDrift }: DriftOptions, command: Command) => {
      const session = open(command);
      const run = id === undefined ? await latestDrift(session.client) : await readDrift(session.client, id);
      if (run === null)
        throw new CliError(
          'No drift check yet: one follows each batch run (churn batch run).',
          EXIT.notFound,
        );
      show(session, run, failOnDrift === true);
    });
  addCheck(drift, open);
}

function addCheck(drift: Command, open: OpenSession): void {
  drift
    .command('check')
    .argument('[batch-run]', 'batch run id; default the newest that succeeded', argument.batchRun)
    .description('Check a batch run for drift, again if it was checked before')
    .option(...FAIL_ON_DRIFT)
    .option('--no-wait', 'print the drift run id and return')
    .addHelpText(
      'after',
      '\nExamples:\n  $ churn drift check\n  $ churn drift check 6f1c0a52-3f0e-4d52-9a64-0c6a2f1f7d11 --no-wait\n\nMonitoring checks each batch run by itself; this is for one whose check failed. Its exit codes are those of churn drift.\nCtrl-C ends the waiting, not the check.',
    )
    .action(async (batchRun: string | undefined, { wait }: { wait: boolean }, command: Command) => {
      const session = open(command);
      const { client, output } = session;
      const id = await startDrift(client, batchRun ?? (await newestBatch(session)));
      if (!wait) {
        output.result(
          { drift_run_id: id },
          () => `drift check ${id} asked for; \`churn drift ${id}\` shows it`,
        );
        return;
      }
      output.progress({ label: 'comparing with the training data' });
      const run = await follow(
        'The drift check',
        { limitMs: LIMIT_MS },
        () => readDrift(client, id),
        ({ state }) => state !== 'running',
      ).finally(() => output.settle());
      // The option stands on `churn drift` too, and Commander gives it to the first that knows it.
      show(session, run, command.optsWithGlobals<DriftOptions>().failOnDrift === true);
    });
}

async function newestBatch({ client }: Session): Promise<string> {
  const run = (await listBatches(client)).find(({ state }) => state === 'succeeded');
  if (run !== undefined) return run.run_id;
  throw new CliError('No batch run has succeeded yet: churn batch run.', EXIT.notFound);
}

function show({ client, output }: Session, run: DriftRun, failOnDrift: boolean): void {
  output.result(run, (found) => describeDrift(found, client.urls.monitoring));
  const fault = driftFault(run, failOnDrift);
  if (fault !== null) throw fault;
}
