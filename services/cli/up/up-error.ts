/** Why `churn up` cannot go on, in a sentence for people: what, where, and what to do. Shown without a stack. */
export class UpError extends Error {
  override name = 'UpError';
}
