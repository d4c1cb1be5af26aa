import { types } from 'node:util';
import { problem } from '@churn/contracts';
import type { ServiceName, Store } from '../harness/running-platform.ts';

/** What an answer is worth: true; true from what was stored before; or not true, and why. */
export type Worth = 'answered' | 'degraded' | { wrong: string };

/** A question that a client keeps asking. It is always a valid one, and its answer is known. */
export interface Probe {
  name: string;
  service: ServiceName;
  /** The stores without which the service may refuse. */
  needs: readonly Store[];
  request(): { url: string; body?: object };
  /** The status of an answer. */
  status: 200 | 202;
  /** `body` is what was answered, `sent` the request that it answers. */
  check(body: unknown, sent: object | undefined): Worth;
}

export interface Answer {
  probe: Probe;
  kind: 'answered' | 'degraded' | 'refused' | 'no connection' | 'wrong' | 'hung' | 'unclear';
  tookMs: number;
  /** When it was asked, of performance.now(). */
  askedMs: number;
  /** Status and body, for people. */
  text: string;
}

const PAUSE_MS = 50;
/** An answer that takes longer has hung. */
const HUNG_MS = 10_000;
const SHOWN = 300;
/** Codes of refusals that pass by themselves. Others say that the question was at fault, or the platform: neither is so. */
const PASSING = [
  'store-unavailable',
  'online-store-unavailable',
  'features-unavailable',
  'models-unread',
  'no-answer-in-time',
].map((code) => `urn:churn:problem:${code}`);

/** Asks each probe's question again and again, one client a probe. */
export function startProbes(probes: readonly Probe[]): {
  /** Each probe's newest answer to a question asked since that time. */
  newest(sinceMs?: number): Map<string, Answer | undefined>;
  stop(): Promise<Answer[]>;
} {
  const answers: Answer[] = [];
  let stopped = false;
  const clients = probes.map(async (probe) => {
    while (!stopped) {
      answers.push(await ask(probe));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  });
  return {
    newest: (sinceMs = 0) =>
      new Map(
        probes.map((probe) => [
          probe.name,
          answers.findLast((answer) => answer.probe === probe && answer.askedMs >= sinceMs),
        ]),
      ),
    async stop() {
      stopped = true;
      await Promise.all(clients);
      return answers;
    },
  };
}

/** Asks once; never rejects. */
export async function ask(probe: Probe, hungMs = HUNG_MS): Promise<Answer> {
  const { url, body } = probe.request();
  const askedMs = performance.now();
  const answer = (kind: Answer['kind'], text: string): Answer => ({
    probe,
    kind,
    text,
    askedMs,
    tookMs: performance.now() - askedMs,
  });
  const signal = AbortSignal.timeout(hungMs);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...(body !== undefined && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
      signal,
    });
    text = await response.text();
  } catch (error) {
    return answer(signal.aborted ? 'hung' : 'no connection', reasonOf(error));
  }
  const { kind, why } = judge(probe, response, text, body);
  const said = `${response.status} ${text.slice(0, SHOWN)}`;
  return answer(kind, why === undefined ? said : `${why}: ${said}`);
}

function judge(
  { status, check }: Probe,
  response: Response,
  text: string,
  sent: object | undefined,
): { kind: Answer['kind']; why?: string } {
  const body = parse(text);
  if (body === undefined) return { kind: 'unclear', why: 'the body is no JSON' };
  if (!response.ok) return judgeRefusal(response, body);
  if (response.status !== status) return { kind: 'wrong', why: `expected the status ${status}` };
  const worth = check(body, sent);
  return typeof worth === 'string' ? { kind: worth } : { kind: 'wrong', why: worth.wrong };
}

/** Only an outage is a reason to refuse a valid question: 503 as problem+json that says what happened, and when to come again. */
function judgeRefusal(response: Response, body: unknown): { kind: Answer['kind']; why?: string } {
  if (response.status < 500) return { kind: 'wrong', why: 'the question is a valid one' };
  if (response.status !== 503) return { kind: 'unclear', why: 'expected the status 503' };
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json'))
    return { kind: 'unclear', why: `expected application/problem+json, not ${type || 'no content type'}` };
  const told = problem.safeParse(body);
  if (!told.success || told.data.detail.length < 20)
    return { kind: 'unclear', why: 'it does not say what happened' };
  if (!/^\d+$/.test(response.headers.get('retry-after') ?? ''))
    return { kind: 'unclear', why: 'it does not say when to come again (Retry-After)' };
  if (!PASSING.includes(told.data.type)) return { kind: 'wrong', why: 'that is not so' };
  return { kind: 'refused' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch says "fetch failed", and its cause why. */
function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  return types.isNativeError(error.cause) ? `${error.message}: ${error.cause.message}` : error.message;
}
