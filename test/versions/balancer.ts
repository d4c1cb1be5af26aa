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

export interface Traffic {
  /** Answers by status; 0 is a connection that failed. */
  readonly statuses: Map<number, number>;
  stop(): Promise<void>;
}

/** Sends requests one after the other from so many clients, until it is stopped. */
export function send(
  balancer: Balancer,
  clients: number,
  request: (turn: number) => { path: string; body: unknown },
): Traffic {
  const statuses = new Map<number, number>();
  let turn = 0;
  let going = true;
  const client = async () => {
    while (going) {
      const { path, body } = request(turn++);
      const status = await post(`${balancer.next()}${path}`, body);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  const running = Promise.all(Array.from({ length: clients }, client));
  return {
    statuses,
    async stop() {
      going = false;
      await running;
    },
  };
}

async function post(url: string, body: unknown): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
