/** The run cannot go on, and trying again would not help; the message says why and what to do. */
export class RunFailed extends Error {
  override name = 'RunFailed';
}
