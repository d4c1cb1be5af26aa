import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { pause } from '@churn/platform';
import type { z } from 'zod';
import { answerError, CliError, EXIT } from './errors.ts';
import { type ServiceName, type ServiceUrls, urlSetting } from './services.ts';
import { type FileBody, SilentTooLong, send, wasRefused } from './transport.ts';

export interface ClientOptions {
  urls: ServiceUrls;
  apiKey?: string | undefined;
  /** Sent as X-Churn-Project: names the project where there are no keys; a key of another project is refused. */
  project?: string | undefined;
  /** Ends every call. */
  signal?: AbortSignal | undefined;
  /** How long a service that refuses connections is tried again: it may be starting. Default: not at all. */
  patienceMs?: number;
  /** What to do when a service cannot be reached. */
  remedy?: (service: ServiceName) => string;
}

interface CallOptions {
  method?: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON; a file is sent as it is. */
  body?: object | FileBody;
  /** How long the service may stay silent. Default 30 s. */
  timeoutMs?: number;
}

/** The services' HTTP interfaces, typed by the contracts. Every failure is a CliError with a sentence for people. */
export interface ApiClient {
  readonly urls: ServiceUrls;
  /** The answer as the contract has it. */
  call<T extends z.ZodType>(
    service: ServiceName,
    path: string,
    answer: T,
    options?: CallOptions,
  ): Promise<z.output<T>>;
  /** The answer as it comes, whatever its status. Throws CliError only when the service cannot be reached. */
  raw(service: ServiceName, path: string, options?: CallOptions): Promise<IncomingMessage>;
}

const TIMEOUT_MS = 30_000;
const AGAIN_MS = 200;

export function createClient(options: ClientOptions): ApiClient {
  const raw: ApiClient['raw'] = async (service, path, call = {}) => {
    const url = new URL(path, options.urls[service]);
    const deadline = performance.now() + (options.patienceMs ?? 0);
    for (;;) {
      try {
        return await send(url, sendingOf(options, call));
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!wasRefused(error) || performance.now() > deadline)
          throw unreachable(options, service, error, call);
        await pause(AGAIN_MS, options.signal);
      }
    }
  };
  return {
    urls: options.urls,
    raw,
    async call(service, path, answer, call = {}) {
      const response = await raw(service, path, call);
      const body = await text(response).catch((error) => {
        options.signal?.throwIfAborted();
        throw unreachable(options, service, error, call);
      });
      return parseAnswer(service, response.statusCode ?? 0, body, answer);
    },
  };
}

function sendingOf({ apiKey, project, signal }: ClientOptions, { method, body, timeoutMs }: CallOptions) {
  const file = body !== undefined && isFile(body);
  return {
    method: method ?? 'GET',
    headers: {
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      ...(project !== undefined && { 'x-churn-project': project }),
      ...(body !== undefined && { 'content-type': file ? 'application/octet-stream' : 'application/json' }),
      ...(file && { 'content-length': String(body.size) }),
    },
    body: file || body === undefined ? body : JSON.stringify(body),
    timeoutMs: timeoutMs ?? TIMEOUT_MS,
    signal,
  };
}

function isFile(body: object): body is FileBody {
  return 'file' in body && 'size' in body;
}

function parseAnswer<T extends z.ZodType>(
  service: ServiceName,
  status: number,
  body: string,
  answer: T,
): z.output<T> {
  if (status < 200 || status > 299) throw answerError(service, status, body);
  const parsed = answer.safeParse(body === '' ? undefined : parseJson(body));
  if (parsed.success) return parsed.data;
  throw new CliError(
    `${service} answered something unexpected: ${parsed.error.issues[0]?.message ?? 'not JSON'}.`,
    EXIT.failed,
    ['Do the CLI and the service have the same version? `churn doctor` compares them.'],
  );
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** One line: what, where, and how to start it. */
function unreachable(
  { urls, remedy = startIt }: ClientOptions,
  service: ServiceName,
  error: unknown,
  { timeoutMs = TIMEOUT_MS }: CallOptions,
): CliError {
  const what =
    error instanceof SilentTooLong
      ? `${service} at ${urls[service]} did not answer within ${timeoutMs / 1000} s`
      : `${service} is not reachable at ${urls[service]} (${reasonOf(error)})`;
  return new CliError(`${what}. ${remedy(service)}`, EXIT.unavailable);
}

function startIt(service: ServiceName): string {
  return `Start the platform (npm start), or set ${urlSetting(service)}.`;
}

function reasonOf(error: unknown): string {
  if (wasRefused(error)) return 'connection refused';
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? error.name : error.message;
}
