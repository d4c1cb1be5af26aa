import { type Problem, problem } from '@churn/contracts';

/** What a script can tell from the exit code, after sysexits.h where that has one. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  badData: 65,
  notFound: 66,
  unavailable: 69,
  noPermission: 77,
  config: 78,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit codes as `churn --help` lists them, and the titles of faults that no service gave one. */
export const MEANING: Readonly<Record<ExitCode, string>> = {
  0: 'done',
  1: 'failed, refused for the state it is in, or not known to be free of drift (--fail-on-drift)',
  2: 'wrong usage',
  65: 'the data or the request is not valid',
  66: 'not found',
  69: 'a service cannot be reached or is not ready',
  77: 'no permission, or no valid key',
  78: 'wrong settings, or a wrong project file',
  130: 'interrupted',
};

/** An error that ends a command: a sentence for people, details below it, and an exit code. */
export class CliError extends Error {
  override name = 'CliError';
  readonly exitCode: ExitCode;
  readonly details: readonly string[];
  readonly problem: Problem | undefined;
  constructor(message: string, exitCode: ExitCode, details: readonly string[] = [], problem?: Problem) {
    super(message);
    this.exitCode = exitCode;
    this.details = details;
    this.problem = problem;
  }
}

/** An answer that is no success: its problem+json in sentences, or what came instead. */
export function answerError(service: string, status: number, body: string): CliError {
  const parsed = problem.safeParse(parseJson(body));
  if (parsed.success) return problemError(service, parsed.data);
  return new CliError(
    `${service} answered ${status} without saying why: ${body.slice(0, 200)}`,
    exitCodeOf(status),
  );
}

function problemError(service: string, fault: Problem): CliError {
  const faults = fault.errors ?? [];
  // A single fault without a place of its own is in the sentence already.
  const lines =
    faults.length === 1 && !faults.some((fault) => 'line' in fault || 'row' in fault)
      ? []
      : faults.slice(0, 20).map(faultLine);
  const more = Math.max(0, faults.length - 20);
  return new CliError(
    fault.detail,
    exitCodeOf(fault.status),
    [...lines, ...(more > 0 ? [`... and ${more} more`] : []), ...hintsOf(service, fault)],
    fault,
  );
}

function faultLine(fault: Record<string, unknown> & { reason: string }): string {
  const line = typeof fault.line === 'number' ? `line ${fault.line}` : undefined;
  const row = typeof fault.row === 'number' ? `row ${fault.row}` : undefined;
  const column =
    typeof fault.column === 'string' && fault.column !== '' ? `column ${fault.column}` : undefined;
  const path = typeof fault.path === 'string' ? fault.path : undefined;
  const value = typeof fault.value === 'string' ? ` (${JSON.stringify(fault.value)})` : '';
  const where = [line, row, column, path].filter((part) => part !== undefined).join(', ');
  return `${where === '' ? '' : `${where}: `}${fault.reason}${value}`;
}

/** What to do on the command line about faults whose detail speaks of HTTP, by type. */
const HINTS: Readonly<Record<string, string>> = {
  'urn:churn:problem:project-missing': 'Name the project with --project <id> or CHURN_PROJECT.',
  'urn:churn:problem:project-unknown': 'The project is --project, else CHURN_PROJECT.',
  'urn:churn:problem:project-mismatch':
    'The key is CHURN_API_KEY; the project is --project, else CHURN_PROJECT, and for churn apply that of the definitions. Change one of them.',
};

function hintsOf(service: string, { status, type, request_id: requestId }: Problem): string[] {
  if (status === 401)
    return [
      'Set CHURN_API_KEY to a key of the project. An admin makes one: churn keys create; the first comes from services/control/create-key.ts, beside control.',
    ];
  const hint = HINTS[type];
  if (hint !== undefined) return [hint];
  if (status < 500) return [];
  return [`${service} answered ${status}${requestId === undefined ? '' : `, request ${requestId}`}`];
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.noPermission;
  if (status === 404) return EXIT.notFound;
  if (status === 400 || status === 422) return EXIT.badData;
  if (status === 502 || status === 503 || status === 504) return EXIT.unavailable;
  return EXIT.failed;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
