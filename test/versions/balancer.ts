/** Who answers next, as a Service has its endpoints: a pod is added when it is ready, and removed before it is told to end. */
export class Balancer {
  #urls: string[] = [];
  #next = 0;

  add(url: string): void {
    this.#urls.push(url);
  }

  remove(url: string): void {
    this.#urls = this.#urls.filter((one) => one !== url);
  }

  next(): string {
    const url = this.#urls[this.#next++ % this.#urls.length];
    if (url === undefined) throw new Error('There is no endpoint.');
    return url;
  }
}

/** An answer that was not hoped for, or a connection that failed: who gave it, and what it said. */
interface Refusal {
  url: string;
  status: number;
  said: string;
}

export interface Traffic {
  /** Answers that were hoped for, so far. */
  accepted(): number;
  /** The first others, whole: their number alone says nothing of a cause. */
  readonly refusals: readonly Refusal[];
  stop(): Promise<void>;
}

/** Refusals that are kept: what comes after them is mostly the same. */
const KEPT = 5;

/** Sends requests one after the other from so many clients, until it is stopped; `hoped` is the status that each should be answered with. */
export function send(
  balancer: Balancer,
  { clients, hoped }: { clients: number; hoped: number },
  request: (turn: number) => { path: string; body: unknown },
): Traffic {
  const refusals: Refusal[] = [];
  let accepted = 0;
  let turn = 0;
  let going = true;
  const client = async () => {
    while (going) {
      const { path, body } = request(turn++);
      const url = `${balancer.next()}${path}`;
      const { status, said } = await post(url, body);
      if (status === hoped) accepted++;
      else if (refusals.length < KEPT) refusals.push({ url, status, said });
    }
  };
  const running = Promise.all(Array.from({ length: clients }, client));
  return {
    accepted: () => accepted,
    refusals,
    async stop() {
      going = false;
      await running;
    },
  };
}

/** Status 0: no answer came. */
async function post(url: string, body: unknown): Promise<{ status: number; said: string }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, said: await response.text() };
  } catch (error) {
    return { status: 0, said: error instanceof Error ? `${error.message}: ${error.cause}` : String(error) };
  }
}
