import { types } from 'node:util';

const SECRET_KEY = /passw(or)?d|passphrase|(^|[_-])pass$|secret|authorization|api[-_]?key|token$|cookie/i;
/** Feature values are about people: at info and above only their absence is logged. */
const FEATURE_KEY = /^features(_used)?$/;

/**
 * What stands before the last @ of a URL's authority. People also put / and @ into a password as they are, so after user: everything up to
 * the last @ is taken, unless it begins like a port. The bounds keep a long line from costing its square.
 */
const CREDENTIALS = /([a-z][a-z0-9+.-]{0,30}:\/\/)(?:[^\s/@:]{0,200}:(?!\d+\/)\S{0,500}|[^\s/]{0,500})@/gi;
const SECRET_PARAMETER = /([?&](?:\w*passw(?:or)?d|\w*secret|\w*token|api_?key)=)[^\s&#"']+/gi;
/** As createApiKey makes them. */
const API_KEY = /\bchurn_[\w-]{43}/g;

/** What may be written of a value: nothing under a secret's name, no credentials in text, errors with their stack and causes. */
export function redact(key: string, value: unknown, hideFeatures = true): unknown {
  return redacted(key, value, hideFeatures, new Set());
}

/** A URL, or text with URLs in it, without credentials. */
export function withoutCredentials(text: string): string {
  return text.replace(CREDENTIALS, '$1***@').replace(SECRET_PARAMETER, '$1***').replace(API_KEY, 'churn_***');
}

/** `within`: the objects that this value is a part of. */
function redacted(key: string, value: unknown, hideFeatures: boolean, within: Set<object>): unknown {
  if (SECRET_KEY.test(key) && value !== undefined) return '[redacted]';
  if (hideFeatures && FEATURE_KEY.test(key) && value !== undefined) return '[features]';
  if (typeof value === 'string') return withoutCredentials(value);
  if (typeof value !== 'object' || value === null) return value;
  if (within.has(value)) return '[circular]';
  within.add(value);
  try {
    return redactedObject(value, (name, item) => redacted(name, item, hideFeatures, within));
  } finally {
    within.delete(value);
  }
}

function redactedObject(value: object, part: (name: string, item: unknown) => unknown): unknown {
  if (types.isNativeError(value)) return errorText(value, part);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return part('', value.toJSON());
  if (Array.isArray(value)) return value.map((item) => part('', item));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, part(name, item)]));
}

/** A stack does not name what caused its error, nor what an AggregateError is made of. */
function errorText(error: Error, part: (name: string, item: unknown) => unknown): string {
  const reasons: unknown[] = 'errors' in error && Array.isArray(error.errors) ? [...error.errors] : [];
  if (error.cause !== undefined) reasons.push(error.cause);
  const lines = [error.stack ?? error.message, ...reasons].map((item) => {
    const text = part('', item);
    return typeof text === 'string' ? text : JSON.stringify(text);
  });
  return lines.join('\n  caused by: ');
}
