import autocannon from 'autocannon';

export interface Load {
  url: string;
  path: string;
  connections: number;
  seconds: number;
  contentType?: string;
  /** Requests a second over all connections; default as many as are answered. */
  rate?: number;
  /** A fresh body for each request. */
  body(): string;
}

export interface Measured {
  requests: number;
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

/** Posts from so many keep-alive connections, each waiting for its answer, for a set time. Throws when any answer is not 2xx. */
export async function load(options: Load): Promise<Measured> {
  const times: number[] = [];
  const statuses = new Map<number, number>();
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(
      {
        url: options.url,
        connections: options.connections,
        duration: options.seconds,
        timeout: 10,
        ...(options.rate !== undefined && { overallRate: options.rate }),
        requests: [
          {
            method: 'POST',
            path: options.path,
            headers: { 'content-type': options.contentType ?? 'application/json' },
            setupRequest: (request) => ({ ...request, body: options.body() }),
          },
        ],
      },
      (error, done) => (error ? reject(error) : resolve(done)),
    );
    instance.on('response', (_client, status, _bytes, ms) => {
      times.push(ms);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
  });
  const failed = result.errors + result.timeouts + result.non2xx;
  if (failed > 0)
    throw new Error(
      `${failed} requests to ${options.path} failed; statuses: ${JSON.stringify([...statuses])}`,
    );
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return {
    requests: times.length,
    perSecond: times.length / result.duration,
    p50: at(0.5),
    p99: at(0.99),
  };
}
