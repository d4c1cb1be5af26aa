import { createHash } from 'node:crypto';

/** Separates parts that contain no control characters themselves. */
const SEPARATOR = '\u001f';

/** In fixed point; undefined, hashed as nothing, where it is missing. */
type Value = number | undefined;

/** What is hashed of an event's content: customer, time, then the values in the order of the source's fields. */
function contentText(entityId: string, occurredUs: number, values: readonly Value[]): string {
  return [entityId, occurredUs, ...values].join(SEPARATOR);
}

/** SHA-256 of an event's content: equal for the same event over REST and in a file. */
export function contentHash(entityId: string, occurredUs: number, values: readonly Value[]): Buffer {
  return createHash('sha256')
    .update(contentText(entityId, occurredUs, values))
    .digest();
}
