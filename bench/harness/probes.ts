/** A question that a client keeps asking. */
export interface Probe {
  name: string;
  /** The process that is asked. */
  service: string;
  request(): { url: string; body?: Record<string, unknown> };
  /** What an answer of 2xx is worth. */
  check(
    body: Record<string, unknown>,
    sent: Record<string, unknown> | undefined,
  ): 'answered' | 'degraded' | 'wrong';
}

export interface Answer {
  probe: string;
  service: string;
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
        probes.map(({ name }) => [
          name,
          answers.findLast(({ probe, askedMs }) => probe === name && askedMs >= sinceMs),
        ]),
      ),
    async stop() {
      stopped = true;
      await Promise.all(clients);
      return answers;
    },
  };
}

async function ask({ name, service, request, check }: Probe): Promise<Answer> {
  const { url, body } = request();
  const askedMs = performance.now();
  const answer = (kind: Answer['kind'], text: string): Answer => ({
    probe: name,
    service,
    kind,
    text,
    askedMs,
    tookMs: performance.now() - askedMs,
  });
  try {
    const response = await fetch(url, {
      ...(body !== undefined && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
      signal: AbortSignal.timeout(HUNG_MS),
    });
    const text = await response.text();
    const said = `${response.status} ${text.slice(0, 300)}`;
    if (response.ok) return answer(check(JSON.parse(text), body), said);
    return answer(isClear(response, text) ? 'refused' : 'unclear', said);
  } catch (error) {
    const hung = error instanceof Error && error.name === 'TimeoutError';
    return answer(hung ? 'hung' : 'no connection', String(error));
  }
}

/** problem+json that says what happened; and 503 says when to come again. */
function isClear(response: Response, text: string): boolean {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json')) return false;
  const { detail } = JSON.parse(text);
  if (typeof detail !== 'string' || detail.length < 20 || response.status === 500) return false;
  return response.status !== 503 || response.headers.has('retry-after');
}
