/** Redis is away, too slow, full, or broke the connection. `cause` has its own words. */
export class OnlineStoreError extends Error {
  override name = 'OnlineStoreError';

  constructor(cause: unknown) {
    const words = cause instanceof Error ? cause.message : String(cause);
    super(
      `The online store failed: ${words}. Look at the Redis of FEATURE_REDIS_URL (or REDIS_URL): is it up, within reach, and below its maxmemory?`,
      { cause },
    );
  }
}

/** Another process has taken over the project's online state since this writer began; nothing was written. */
export class GenerationReplaced extends Error {
  override name = 'GenerationReplaced';

  constructor(project: string, generation: number) {
    super(
      `Generation ${generation} of project ${project} is neither serving nor being built any more: another process has taken over. Nothing was written; read the mark again.`,
    );
  }
}

/** Runs an exchange with Redis; what Redis fails with is told as OnlineStoreError. */
export async function exchange<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof GenerationReplaced ? error : new OnlineStoreError(error);
  }
}
