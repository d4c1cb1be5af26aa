/** Raised into whatever runs when a person asks us to stop. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

/** Aborts when asked to end. SIGHUP too: a closed terminal is a request. A second Ctrl-C changes nothing, since ending is bounded. */
export function abortOnSignals(abort: AbortController): () => void {
  const stop = (signal: NodeJS.Signals) => {
    if (!abort.signal.aborted) process.stderr.write(`\nchurn up: ${signal}, stopping everything\n`);
    abort.abort(new Interrupted(signal));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}

/** Rejects with the signal's reason as soon as it aborts, whatever the work does meanwhile. */
export function interruptible<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
  ]);
}
