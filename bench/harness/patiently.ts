/** Tries until it does not throw, at most `limitMs`; rethrows the last error. */
export async function patiently<T>(
  attempt: () => Promise<T>,
  { everyMs = 100, limitMs = 90_000 }: { everyMs?: number; limitMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
