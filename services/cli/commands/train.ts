import type { TrainRequest } from '@churn/contracts';
import { type Command, Option } from 'commander';
import type { OpenSession } from '../command.ts';
import { CliError, EXIT } from '../errors.ts';
import { readTraining, readVersion, startTraining } from '../operations.ts';
import { waitForRun } from '../wait.ts';
import { argument } from './arguments.ts';
import { describeVersion } from './describe-version.ts';
import { addTrainingRuns } from './training-runs.ts';

const LIMIT_MS = 6 * 3_600_000;

interface TrainOptions {
  model?: string;
  algorithm?: 'boosted-trees' | 'random-forest';
  trees?: number;
  depth?: number;
  learningRate?: number;
  seed?: number;
  wait: boolean;
}

export function addTrain(program: Command, open: OpenSession): void {
  const train = program
    .command('train')
    .description("Train a model on the lake's events and register it as a new version")
    .option('-m, --model <name>', 'model of the project; default its first', argument.model)
    .addOption(new Option('--algorithm <name>', 'how it learns').choices(['boosted-trees', 'random-forest']))
    .option('--trees <n>', 'number of trees', argument.trees)
    .option('--depth <n>', 'depth of a tree', argument.depth)
    .option('--learning-rate <x>', 'share that each boosted tree adds', argument.learningRate)
    .option('--seed <n>', 'seed of all that is drawn', argument.seed)
    .option('--no-wait', 'print the run id and return')
    .addHelpText(
      'after',
      '\nExamples:\n  $ churn train\n  $ churn train --algorithm random-forest --trees 300\n\nWhat is not given comes from the definitions. The newest cut whose labels are known is held out; its metrics are what is\nprinted. With validation by folds in the definitions they are those of customers whom the scoring model had not seen.\nCtrl-C ends the waiting, not the run: churn train cancel <run> does that.',
    )
    .action(async ({ wait, learningRate, ...options }: TrainOptions, command: Command) => {
      const { client, output } = open(command);
      const request: TrainRequest = {
        ...options,
        ...(learningRate !== undefined && { learning_rate: learningRate }),
      };
      const runId = await startTraining(client, request);
      if (!wait) {
        output.result(
          { run_id: runId },
          ({ run_id }) => `training run ${run_id} started; \`churn train status ${run_id}\` shows it`,
        );
        return;
      }
      const run = await waitForRun(() => readTraining(client, runId), output.progress, {
        limitMs: LIMIT_MS,
        signal: interrupted(runId),
      }).finally(() => output.settle());
      if (run.result === null) return output.result(run, () => `training run ${runId} succeeded`);
      const version = await readVersion(client, run.result.model, run.result.version);
      output.result(version, describeVersion);
    });
  addTrainingRuns(train, open);
}

/** Aborts at Ctrl-C, saying what goes on and how to look at it. A second Ctrl-C ends the process as ever. */
function interrupted(runId: string): AbortSignal {
  const interrupt = new AbortController();
  process.once('SIGINT', () =>
    interrupt.abort(
      new CliError(
        `interrupted; the run goes on: \`churn train status ${runId}\` shows it, \`churn train cancel ${runId}\` ends it.`,
        EXIT.interrupted,
      ),
    ),
  );
  return interrupt.signal;
}
