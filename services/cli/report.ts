import { ConfigError } from '@churn/platform';
import { CommanderError } from 'commander';
import { CliError, EXIT, type ExitCode, MEANING } from './errors.ts';

/** What ended a command that did not succeed. */
interface Fault {
  exitCode: ExitCode;
  detail: string;
  details: readonly string[];
  /** For people: the whole text, or null where it has been shown already. */
  text: string | null;
  /** The members of a service's problem+json. */
  problem?: Record<string, unknown> | undefined;
}

export interface Reporting {
  stderr: { write(text: string): unknown };
  json: boolean;
  /** Where the usage of the command is told. */
  help: string;
}

/** Shows what ended the command line on stderr: sentences, or with `json` problem+json (RFC 9457) in one line. Returns the exit code. */
export function report(error: unknown, { stderr, json, help }: Reporting): number {
  // Help and --version end this way too.
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
  const { exitCode, detail, details, text, problem } = faultOf(error, help);
  if (json)
    stderr.write(
      `${JSON.stringify({
        type: 'about:blank',
        title: MEANING[exitCode],
        detail,
        ...problem,
        exit_code: exitCode,
        ...(details.length > 0 && { details }),
      })}\n`,
    );
  else if (text !== null) stderr.write(`${text}\n`);
  return exitCode;
}

function faultOf(error: unknown, help: string): Fault {
  if (error instanceof CommanderError) return usageFault(error, help);
  if (error instanceof CliError) {
    const { exitCode, message, details, problem } = error;
    const text = [`churn: ${message}`, ...details.map((line) => `  ${line}`)].join('\n');
    return { exitCode, detail: message, details, text, problem };
  }
  if (error instanceof ConfigError) {
    const [first = ''] = error.message.split('\n');
    return {
      exitCode: EXIT.config,
      detail: first.replace(/:$/, '.'),
      details: error.faults,
      text: error.message,
    };
  }
  const detail = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return { exitCode: EXIT.failed, detail, details: [], text: `churn: ${stack ?? detail}` };
}

/** Commander shows its faults itself, where they are for people: "error: unknown command 'trian'\n(Did you mean train?)". */
function usageFault({ message }: CommanderError, help: string): Fault {
  const [detail = '', ...details] = message.replace(/^error: /, '').split('\n');
  return { exitCode: EXIT.usage, detail, details: [...details, help], text: null };
}
