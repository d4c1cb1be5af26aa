/** A local server could not be started or stopped. The message says which one, why, and what to do. */
export class EmbeddedServerError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'EmbeddedServerError';
  }
}
