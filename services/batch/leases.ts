/** Another process holds the work now: whatever this one still does must not count. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/**
 * Runs `work` while renewing its lease at a third of `leaseMs`. When a renewal finds the lease in other hands, `signal` aborts with
 * LeaseLost. A renewal that cannot reach the database is tried again at the next third: the token at the end decides.
 */
export async function holding<T>(
  leaseMs: number,
  renew: () => Promise<boolean>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  let renewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renew().then(
      (held) => {
        if (!held) lost.abort(new LeaseLost('the lease is in other hands'));
      },
      () => {},
    );
  }, leaseMs / 3);
  try {
    return await work(lost.signal);
  } finally {
    clearInterval(timer);
    await renewing;
  }
}
