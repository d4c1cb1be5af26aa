import { problem } from '@churn/contracts';
import type { z } from 'zod';
import { type ServiceName, serviceUrl } from './topology.ts';
import { UpError } from './up-error.ts';

export interface Call<T extends z.ZodType> {
  service: ServiceName;
  method?: 'GET' | 'POST';
  path: string;
  /** Sent as JSON; a stream is sent as it is. */
  body?: object;
  answer: T;
  /** Default 30 s. */
  timeoutMs?: number;
}

/** How long a service that is being restarted is waited for. */
const REFUSED_MS = 15_000;

/** Calls the services of one project over HTTP, as any client would. */
export class Api {
  readonly #project: string;
  readonly #signal: AbortSignal;

  constructor(project: string, signal: AbortSignal) {
    this.#project = project;
    this.#signal = signal;
  }

  /** Throws UpError with the problem's own sentence when the service refuses. */
  async call<T extends z.ZodType>(call: Call<T>): Promise<z.output<T>> {
    const response = await this.#fetch(call);
    const text = await response.text();
    if (response.ok) return call.answer.parse(JSON.parse(text));
    throw new UpError(
      `${call.method ?? 'GET'} ${call.service}${call.path} answered ${response.status}: ${detailOf(text)}`,
    );
  }

  async #fetch(call: Call<z.ZodType>): Promise<Response> {
    const deadline = Date.now() + REFUSED_MS;
    for (;;) {
      try {
        return await fetch(`${serviceUrl(call.service)}${call.path}`, {
          method: call.method ?? 'GET',
          headers: { 'x-churn-project': this.#project, ...contentType(call.body) },
          signal: AbortSignal.any([this.#signal, AbortSignal.timeout(call.timeoutMs ?? 30_000)]),
          ...bodyOf(call.body),
        });
      } catch (error) {
        this.#signal.throwIfAborted();
        if (!wasRefused(error) || Date.now() > deadline) {
          throw new UpError(
            `${call.service} does not answer ${call.path}: ${reasonOf(error)}. See .churn/logs/${call.service}.log`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }
}

function contentType(body: object | undefined): Record<string, string> {
  if (body === undefined) return {};
  return { 'content-type': body instanceof Blob ? 'application/octet-stream' : 'application/json' };
}

function bodyOf(body: object | undefined): { body?: Blob | string } {
  if (body === undefined) return {};
  return { body: body instanceof Blob ? body : JSON.stringify(body) };
}

/** Nothing was sent, so even a POST may be tried again. */
function wasRefused(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.cause instanceof Error &&
    'code' in error.cause &&
    error.cause.code === 'ECONNREFUSED'
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function detailOf(text: string): string {
  try {
    const parsed = problem.safeParse(JSON.parse(text));
    if (!parsed.success) return text.slice(0, 400);
    const faults = parsed.data.errors?.map(({ reason }) => reason).join('; ');
    return faults ? `${parsed.data.detail} ${faults}` : parsed.data.detail;
  } catch {
    return text.slice(0, 400);
  }
}
