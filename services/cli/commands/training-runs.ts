import type { TrainingRun } from '@churn/contracts';
import type { Command } from 'commander';
import type { OpenSession } from '../command.ts';
import { CliError, EXIT } from '../errors.ts';
import { decimal } from '../format.ts';
import { cancelTraining, listTraining, readTraining } from '../operations.ts';
import { argument } from './arguments.ts';

/** What can be done to a training run that goes on by itself: `churn train status` and `churn train cancel`. */
export function addTrainingRuns(train: Command, open: OpenSession): void {
  train
    .command('status')
    .argument('[run]', 'run id; default the newest', argument.trainingRun)
    .description('How far a training run is')
    .addHelpText('after', '\nExample:\n  $ churn train status\n\nExit code 66 when there is no run yet.')
    .action(async (id: string | undefined, _options, command: Command) => {
      const { client, output } = open(command);
      const run = id === undefined ? (await listTraining(client))[0] : await readTraining(client, id);
      if (run === undefined) throw new CliError('No training run yet: churn train.', EXIT.notFound);
      output.result(run, describeTraining);
    });
  train
    .command('cancel')
    .argument('<run>', 'run id, as status shows it', argument.trainingRun)
    .description('End a training run that waits or is under way; nothing is registered')
    .addHelpText('after', '\nExample:\n  $ churn train cancel 7c0f6d1e-5b0e-4c56-9d4e-0f3f5a1f6f2a')
    .action(async (id: string, _options, command: Command) => {
      const { client, output } = open(command);
      output.result(await cancelTraining(client, id), describeTraining);
    });
}

function describeTraining({ run_id, model, state, step, done, total, result, error }: TrainingRun): string {
  const open = state === 'pending' || state === 'running';
  const far = !open || step === null ? '' : ` (${step}${total === null ? '' : `, ${done} of ${total}`})`;
  const lines = [`training run ${run_id} of ${model}: ${state}${far}`];
  if (result !== null)
    lines.push(
      `registered version ${result.version}: AUC ${decimal(result.auc)}, its baseline ${decimal(result.baseline_auc)}; churn models show ${result.model} ${result.version}`,
    );
  if (state === 'cancelled') lines.push('nothing was registered');
  if (error !== null) lines.push(error.detail);
  return lines.join('\n');
}
