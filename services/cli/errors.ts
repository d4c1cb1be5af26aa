import type { Problem } from '@churn/contracts';

/** What a script can tell from the exit code; `churn --help` lists them. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notFound: 3, refused: 4, unreachable: 5 } as const;

/** An error that ends a command: a sentence for people, details below it, and an exit code. */
export class CliError extends Error {
  override name = 'CliError';
  readonly exitCode: number;
  readonly details: readonly string[];
  readonly problem: Problem | undefined;
  constructor(message: string, exitCode: number, details: readonly string[] = [], problem?: Problem) {
    super(message);
    this.exitCode = exitCode;
    this.details = details;
    this.problem = problem;
  }
}

/** A service's problem+json as a CliError. */
export function problemError(service: string, problem: Problem): CliError {
  const details = (problem.errors ?? []).slice(0, 20).map((fault) => faultLine(fault));
  const more = (problem.errors?.length ?? 0) - details.length;
  return new CliError(
    problem.detail,
    exitCodeOf(problem.status),
    [...details, ...(more > 0 ? [`... and ${more} more`] : []), ...hintsOf(service, problem)],
    problem,
  );
}

function faultLine(fault: Record<string, unknown> & { reason: string }): string {
  const line = typeof fault.line === 'number' ? `line ${fault.line}` : undefined;
  const column =
    typeof fault.column === 'string' && fault.column !== '' ? `column ${fault.column}` : undefined;
  const path = typeof fault.path === 'string' ? fault.path : undefined;
  const value = typeof fault.value === 'string' ? ` (${JSON.stringify(fault.value)})` : '';
  const where = [line, column, path].filter((part) => part !== undefined).join(', ');
  return `${where === '' ? '' : `${where}: `}${fault.reason}${value}`;
}

function hintsOf(service: string, problem: Problem): string[] {
  if (problem.status < 500) return [];
  return [
    `${service} answered ${problem.status}${problem.request_id === undefined ? '' : `, request ${problem.request_id}`}`,
  ];
}

function exitCodeOf(status: number): number {
  if (status === 404) return EXIT.notFound;
  if (status === 401 || status === 403 || status === 409 || status === 422 || status === 400)
    return EXIT.refused;
  return EXIT.failed;
}
