import { ConfigError } from './config.ts';
import type { Logger } from './log.ts';
import { redact } from './redact.ts';

/** How long a process may take to end. */
const CLOSE_MS = 10_000;
/** How long the steps of a closer may take together, before each of the rest has only a moment. */
const STEPS_MS = 8_000;
const MOMENT_MS = 200;

/** Things to close, in the reverse order of their making; one that fails or hangs does not keep the others open. */
export class Closer {
  readonly #steps: { name: string; close: () => Promise<unknown> | unknown }[] = [];
  readonly #log: Logger;
  #closing: Promise<void> | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  add(name: string, close: () => Promise<unknown> | unknown): void {
    this.#steps.push({ name, close });
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    const deadline = performance.now() + STEPS_MS;
    for (const { name, close } of this.#steps.reverse()) {
      const left = Math.max(MOMENT_MS, Math.round(deadline - performance.now()));
      try {
        await within(left, Promise.resolve().then(close), `closing ${name}`);
      } catch (error) {
        this.#log.warn('close failed', { step: name, error });
      }
    }
  }
}

/** Rejects when `work` takes longer than `ms`, with `late`'s error or a sentence about `late`; the work itself goes on. */
export async function within<T>(ms: number, work: Promise<T>, late: string | (() => Error)): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    const error = () => (typeof late === 'string' ? new Error(`${late} took longer than ${ms} ms`) : late());
    timer = setTimeout(() => reject(error()), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** How long a load balancer has to see that readiness is off before the port closes: a probe a second, and a little. */
const LEAVE_MS = 1_500;

interface Running {
  /** Turns readiness off; requests are served as before. */
  leave?(): void;
  close(): Promise<void>;
}

/**
 * The body of every main.ts: starts, and closes once on SIGTERM or SIGINT, within 10 s, else ends with 1. On SIGTERM it stays for a moment
 * with readiness off, so that nobody sends requests to a port that is closed. Wrong settings end with 78 (EX_CONFIG) and plain lines.
 * Under `churn up` (CHURN_SUPERVISED=1) no balancer looks, and stdin is a pipe from it: when that ends, so does the process.
 */
export async function runService(name: string, start: () => Promise<Running>): Promise<void> {
  const supervised = process.env.CHURN_SUPERVISED === '1';
  let service: Running | undefined;
  let ending = false;
  const end = async (leaveMs: number): Promise<void> => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), CLOSE_MS).unref();
    if (leaveMs > 0 && service?.leave !== undefined) {
      service.leave();
      await new Promise((resolve) => setTimeout(resolve, leaveMs));
    }
    await service?.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void end(supervised ? 0 : LEAVE_MS));
  process.on('SIGINT', () => void end(0));
  process.on('unhandledRejection', (reason) => die(name, reason));
  process.on('uncaughtException', (error) => die(name, error));
  if (supervised)
    process.stdin
      .resume()
      .on('end', () => void end(0))
      .on('error', () => void end(0));
  try {
    service = await start();
  } catch (error) {
    die(name, error);
  }
}

function die(service: string, error: unknown): never {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(78);
  }
  const line = { level: 'error', service, timestamp: new Date().toISOString(), message: redact('', error) };
  process.stderr.write(`${JSON.stringify(line)}\n`);
  process.exit(1);
}
