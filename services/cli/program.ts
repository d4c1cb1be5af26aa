import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import type { AddCommand, OpenSession } from './command.ts';
import { addApply } from './commands/apply.ts';
import { argument } from './commands/arguments.ts';
import { addBatch } from './commands/batch.ts';
import { addCapacity } from './commands/capacity.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDrift } from './commands/drift.ts';
import { addFeatures } from './commands/features.ts';
import { addImport } from './commands/import.ts';
import { addKeys } from './commands/keys.ts';
import { addModels } from './commands/models.ts';
import { addPredict } from './commands/predict.ts';
import { addTrain } from './commands/train.ts';
import { CliError, EXIT, MEANING } from './errors.ts';
import { asksForHelp, asksForJson, helpAsOption, type Named, namedCommand } from './named-command.ts';
import type { Streams } from './output.ts';
import { report } from './report.ts';
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
  addCapacity,
  addDoctor,
];

const VERSION: string = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8')).version;

const exitCodes = () =>
  Object.entries(MEANING)
    .map(([code, meaning]) => `  ${code.padEnd(3)} ${meaning}`)
    .join('\n');

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
${exitCodes()}

Output: results on stdout, progress and errors on stderr. With --json stdout is one JSON document, or empty when there is no
result; a fault is one line of problem+json (RFC 9457) on stderr, with exit_code and details. NO_COLOR is honoured.

Settings (environment): CHURN_API_KEY, CHURN_PROJECT, CHURN_CONTROL_URL, CHURN_INFERENCE_URL, CHURN_INGESTION_URL, CHURN_BATCH_URL,
CHURN_TRAINING_URL, CHURN_MONITORING_URL. Without them the services of \`npm start\` on this machine are used.`;

const PROJECT =
  'project, where the services run without keys, or to make sure which project a key belongs to';

export interface RunOptions {
  env: NodeJS.ProcessEnv;
  streams: Streams;
}

/** Runs the command line and returns its exit code; nothing is thrown. */
export async function runCli(given: readonly string[], { env, streams }: RunOptions): Promise<number> {
  const args = helpAsOption(given);
  const json = asksForJson(args);
  const program = createProgram({ env, streams }, json);
  const named = namedCommand(program, args);
  // Commander would show the help of the command before an unknown one: the word alone is refused, with what was meant.
  const { path, unknown } = named;
  const words = unknown !== undefined && asksForHelp(args) ? [...path, unknown] : args;
  try {
    await program.parseAsync([...words], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    const fault = json && isHelpInstead(error) ? commandMissing(named) : error;
    return report(fault, { stderr: streams.stderr, json, help: helpOf(path) });
  }
}

function createProgram({ env, streams }: RunOptions, json: boolean): Command {
  const program = new Command('churn')
    .description(
      'Churn prediction platform: events in, features, models, predictions, nightly scoring, drift.',
    )
    .version(VERSION, '--version', 'print the version')
    .addHelpText('after', HELP)
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      // With --json each fault is one line of JSON, which `report` writes.
      writeErr: (text) => void (json || streams.stderr.write(text)),
    })
    .exitOverride();
  const open: OpenSession = (command) => {
    const options = command.optsWithGlobals<{ json?: boolean; project?: string }>();
    return openSession({ json: options.json === true, project: options.project, env, streams });
  };
  for (const add of COMMANDS) add(program, open);
  settle(program);
  return program;
}

/** Each command takes --json and --project after its own name, refers to its own help, and ends without ending the process. */
function settle(command: Command, path: readonly string[] = []): void {
  command
    .option('--json', 'print the result as JSON')
    .option('--project <id>', PROJECT, argument.project)
    .showHelpAfterError(`(${helpOf(path)})`);
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    settle(child, [...path, child.name()]);
  }
}

function helpOf(path: readonly string[]): string {
  return `${['churn', ...path].join(' ')} --help shows how`;
}

/** What Commander does where a command is missing; for people its list is the best answer. */
function isHelpInstead(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help' && error.exitCode !== 0;
}

function commandMissing({ path, command }: Named): CliError {
  const names = command.commands.map((child) => child.name()).join(', ');
  return new CliError(`${['churn', ...path].join(' ')} needs a command: ${names}.`, EXIT.usage);
}
