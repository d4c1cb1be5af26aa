import { problem } from '@churn/contracts';
import type { z } from 'zod';
import { CliError, EXIT, problemError } from './errors.ts';

export type ServiceName = 'control' | 'inference' | 'ingestion' | 'batch' | 'training' | 'monitoring';

export interface ClientOptions {
  urls: Record<ServiceName, string>;
  apiKey?: string | undefined;
  /** Sent as X-Churn-Project, for installations without keys. */
  project?: string | undefined;
}

export interface CallOptions {
  body?: unknown;
  /** Default 30 s. */
  timeoutMs?: number;
}

/** The services' HTTP interfaces, typed by the contracts. Every failure is a CliError with a sentence for people. */
export interface ApiClient {
  readonly urls: Record<ServiceName, string>;
  readonly headers: Record<string, string>;
  get<T extends z.ZodType>(
    service: ServiceName,
    path: string,
    answer: T,
    options?: CallOptions,
  ): Promise<z.output<T>>;
  post<T extends z.ZodType>(
    service: ServiceName,
    path: string,
    answer: T,
    options?: CallOptions,
  ): Promise<z.output<T>>;
  delete(service: ServiceName, path: string): Promise<void>;
  /** The raw answer, whatever its status. Throws CliError only when the service cannot be reached. */
  raw(service: ServiceName, path: string, init?: RequestInit & { timeoutMs?: number }): Promise<Response>;
}

const TIMEOUT_MS = 30_000;

export function createClient({ urls, apiKey, project }: ClientOptions): ApiClient {
  const headers = {
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    ...(project !== undefined && { 'x-churn-project': project }),
  };
  const raw: ApiClient['raw'] = async (service, path, { timeoutMs = TIMEOUT_MS, ...init } = {}) => {
    const url = new URL(path, urls[service]);
    try {
      return await fetch(url, {
        ...init,
        headers: { ...headers, ...init.headers },
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      throw unreachable(service, urls[service], error, timeoutMs);
    }
  };
  const call = async <T extends z.ZodType>(
    method: string,
    service: ServiceName,
    path: string,
    answer: T,
    { body, timeoutMs }: CallOptions = {},
  ): Promise<z.output<T>> => {
    const response = await raw(service, path, {
      method,
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
    return parseAnswer(service, response.status, await response.text(), answer);
  };
  return {
    urls,
    headers,
    raw,
    get: (service, path, answer, options) => call('GET', service, path, answer, options),
    post: (service, path, answer, options) => call('POST', service, path, answer, options),
    async delete(service, path) {
      const response = await raw(service, path, { method: 'DELETE' });
      if (!response.ok) throw answerError(service, response.status, await response.text());
    },
  };
}

/** The body of an answer as the contract has it; a problem, or something that is no answer of ours, is thrown. */
export function parseAnswer<T extends z.ZodType>(
  service: ServiceName,
  status: number,
  text: string,
  answer: T,
): z.output<T> {
  if (status < 200 || status > 299) throw answerError(service, status, text);
  const parsed = answer.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new CliError(
    `${service} answered something unexpected: ${parsed.error.issues[0]?.message ?? 'not JSON'}.`,
    EXIT.failed,
    ['Do the CLI and the service have the same version? `churn doctor` compares them.'],
  );
}

function answerError(service: ServiceName, status: number, text: string): CliError {
  const parsed = problem.safeParse(parseJson(text));
  if (parsed.success) return problemError(service, parsed.data);
  return new CliError(`${service} answered ${status}: ${text.slice(0, 200)}`, EXIT.failed);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One line: what, where, and how to start it. */
export function unreachable(service: ServiceName, url: string, error: unknown, timeoutMs: number): CliError {
  if (error instanceof Error && error.name === 'TimeoutError')
    return new CliError(
      `${service} at ${url} did not answer within ${timeoutMs / 1000} s.`,
      EXIT.unreachable,
    );
  const setting = `CHURN_${service.toUpperCase()}_URL`;
  return new CliError(
    `${service} is not reachable at ${url}. Start the platform (npm start), or set ${setting}.`,
    EXIT.unreachable,
  );
}
