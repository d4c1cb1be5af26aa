import type { TrainRequest } from '@churn/contracts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readTraining, readVersion, startTraining } from '../operations.ts';
import { count, decimal, table } from '../output.ts';
import type { OpenSession } from '../program.ts';
import { showRun, waitForRun } from '../wait.ts';

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
  program
    .command('train')
    .description("Train a model on the lake's events and register it as a new version")
    .option('-m, --model <name>', 'model of the project; default its first')
    .addOption(new Option('--algorithm <name>').choices(['boosted-trees', 'random-forest']))
    .option('--trees <n>', 'number of trees', wholeNumber)
    .option('--depth <n>', 'depth of a tree', wholeNumber)
    .option('--learning-rate <x>', 'share that each boosted tree adds', realNumber)
    .option('--seed <n>', 'seed of all that is drawn', wholeNumber)
    .option('--no-wait', 'print the run id and return')
    .addHelpText(
      'after',
      '\nExamples:\n  $ churn train\n  $ churn train --algorithm random-forest --trees 300\n\nWhat is not given comes from the definitions. The newest cut whose labels are known is held out; its metrics are what is printed.',
    )
    .action(async ({ wait, learningRate, ...options }: TrainOptions, command: Command) => {
      const { client, output } = open(command);
      const request: TrainRequest = {
        ...options,
        ...(learningRate !== undefined && { learning_rate: learningRate }),
      };
      const runId = await startTraining(client, request);
      if (!wait) {
        output.result({ run_id: runId }, ({ run_id }) => `training run ${run_id} started`);
        return;
      }
      const run = await waitForRun(() => readTraining(client, runId), showRun(output), LIMIT_MS).finally(() =>
        output.settle(),
      );
      if (run.result === null) return output.result(run, () => `training run ${runId} succeeded`);
      const version = await readVersion(client, run.result.model, run.result.version);
      output.result(version, describeVersion);
    });
}

type Version = Awaited<ReturnType<typeof readVersion>>;

/** A version's metrics beside its baseline, importance and origin. */
export function describeVersion({ model, version, stage, manifest, transitions }: Version): string {
  const { metrics, dataset } = manifest;
  const interval = ({ value, low, high }: { value: number; low: number; high: number }) =>
    `${decimal(value)}  [${decimal(low)}, ${decimal(high)}]`;
  return [
    `${model} version ${version}, stage ${stage} (${manifest.algorithm})`,
    '',
    table(
      ['METRIC', `ON THE CUT ${dataset.test_cut.slice(0, 10)}, ${count(metrics.rows)} CUSTOMERS`],
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
    `trained on ${count(dataset.training_rows)} rows of ${dataset.training_cuts.length} cuts, dataset ${dataset.version.slice(0, 12)}, seed ${manifest.seed}`,
    ...transitions.map(
      ({ from, to, actor, reason, at }) => `${at}  ${from} -> ${to}  by ${actor}: ${reason}`,
    ),
    ...(stage === 'None'
      ? ['', `Next: churn models promote ${model} ${version} --stage Staging --reason "..."`]
      : []),
  ].join('\n');
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('A whole number was expected.');
  return Number(text);
}

function realNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('A number was expected.');
  return value;
}
