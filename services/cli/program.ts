import { ConfigError } from '@churn/platform';
import { Command, CommanderError } from 'commander';
import type { AddCommand, OpenSession } from './command.ts';
import { addApply } from './commands/apply.ts';
import { addBatch } from './commands/batch.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDrift } from './commands/drift.ts';
import { addFeatures } from './commands/features.ts';
import { addImport } from './commands/import.ts';
import { addKeys } from './commands/keys.ts';
import { addModels } from './commands/models.ts';
import { addPredict } from './commands/predict.ts';
import { addTrain } from './commands/train.ts';
import { CliError, EXIT } from './errors.ts';
import type { Streams } from './output.ts';
import { openSession } from './session.ts';
import { addUp } from './up/command.ts';

const COMMANDS: readonly AddCommand[] = [
  addUp,
  addApply,
  addImport,
  addFeatures,
  addTrain,
  addModels,
  addPredict,
  addBatch,
  addDrift,
  addKeys,
  addDoctor,
];

const HELP = `
From data to predictions:
  $ churn apply examples/cdnow
  $ churn import examples/cdnow/cdnow_transactions.csv --source transactions --shift-end yesterday
  $ churn train
  $ churn models promote customer_churn_model 1 --stage Staging --reason "first model"
  $ churn models promote customer_churn_model 1 --reason "reviewed"
  $ churn batch run
  $ churn predict 00042

Exit codes:
  0   done
  1   failed, refused for the state it is in, or drifted (--fail-on-drift)
  2   wrong usage
  65  the data or the request is not valid
  66  not found
  69  a service cannot be reached or is not ready
  77  no permission, or no valid key
  78  wrong settings, or a wrong project file
  130 interrupted

Output: results on stdout, progress and errors on stderr. With --json stdout is one JSON document, or empty when there is no
result; a fault is JSON on stderr. NO_COLOR is honoured.

Settings (environment): CHURN_API_KEY, CHURN_PROJECT, CHURN_CONTROL_URL, CHURN_INFERENCE_URL, CHURN_INGESTION_URL, CHURN_BATCH_URL,
CHURN_TRAINING_URL, CHURN_MONITORING_URL. Without them the services of \`npm start\` on this machine are used.`;

export interface RunOptions {
  env: NodeJS.ProcessEnv;
  streams: Streams;
}

/** Runs the command line and returns its exit code; nothing is thrown. */
export async function runCli(args: readonly string[], { env, streams }: RunOptions): Promise<number> {
  const program = new Command('churn')
    .description(
      'Churn prediction platform: events in, features, models, predictions, nightly scoring, drift.',
    )
    .option('--json', 'print results as JSON')
    .option('--project <id>', 'project, where the services run without keys')
    .addHelpText('after', HELP)
    .showHelpAfterError('(churn --help shows how)')
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
    })
    .exitOverride();
  const open: OpenSession = (command) => {
    const options = command.optsWithGlobals<{ json?: boolean; project?: string }>();
    return openSession({ json: options.json === true, project: options.project, env, streams });
  };
  for (const add of COMMANDS) add(program, open);
  inherit(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return report(error, streams, args.includes('--json'));
  }
}

/** Subcommands take --json and --project after their own name too, and end without ending the process. */
function inherit(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    if (child.commands.length === 0)
      child
        .option('--json', 'print the result as JSON')
        .option('--project <id>', 'project, where the services run without keys');
    inherit(child);
  }
}

function report(error: unknown, { stderr }: Streams, json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CliError) {
    if (json)
      stderr.write(`${JSON.stringify(error.problem ?? { detail: error.message, details: error.details })}\n`);
    else
      stderr.write(
        `${[`churn: ${error.message}`, ...error.details.map((line) => `  ${line}`)].join('\n')}\n`,
      );
    return error.exitCode;
  }
  if (error instanceof ConfigError) {
    stderr.write(`${error.message}\n`);
    return EXIT.config;
  }
  stderr.write(`churn: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failed;
}
