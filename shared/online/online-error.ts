import { Unavailable } from '@churn/platform';

/** Redis is away, too slow, full, or broke the connection. `cause` has its own words. As an answer it is a 503: it passes. */
export class OnlineStoreError extends Unavailable {
  override readonly cause: unknown;

  constructor(cause: unknown) {
    const words = wordsOf(cause);
    super(
      'online-store-unavailable',
      `The online store failed: ${words}. Look at the Redis of FEATURE_REDIS_URL (or REDIS_URL): is it up, within reach, and below its maxmemory?`,
      3,
    );
    this.cause = cause;
  }
}

/** ioredis tells a Redis that is not there by a setting of its own. */
function wordsOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.name === 'MaxRetriesPerRequestError' ? 'there is no connection to it' : cause.message;
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
