import { AsyncLocalStorage } from 'node:async_hooks';
import winston from 'winston';

export type Logger = winston.Logger;

/** The request that the current work belongs to; its id is on every line that is logged meanwhile. */
export const requestContext = new AsyncLocalStorage<{ requestId: string }>();

const SECRET_KEY = /pass(word)?|secret|authorization|api[-_]?key|token$|cookie/i;
/** Feature values are about people: at info and above only their absence is logged. */
const FEATURE_KEY = /^features(_used)?$/;
const CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi;

/** JSON lines on stdout, with service, time, level and request id; credentials and feature values are taken out. */
export function createLogger(service: string, level = 'info'): Logger {
  return winston.createLogger({
    level,
    defaultMeta: { service },
    format: winston.format.combine(
      winston.format.timestamp(),
      winston.format((info) => {
        const request = requestContext.getStore();
        if (request !== undefined) info.request_id = request.requestId;
        const hideFeatures = info.level !== 'debug';
        for (const key of Object.keys(info)) info[key] = redact(key, info[key], hideFeatures);
        return info;
      })(),
      winston.format.json(),
    ),
    transports: [new winston.transports.Console({ stderrLevels: [] })],
  });
}

/** What may be written of a value: nothing under a secret's name, no credentials in URLs, errors with their stack. */
export function redact(key: string, value: unknown, hideFeatures = true): unknown {
  if (SECRET_KEY.test(key)) return '[redacted]';
  if (hideFeatures && FEATURE_KEY.test(key)) return '[features]';
  if (typeof value === 'string') return value.replace(CREDENTIALS, '$1***@');
  if (value instanceof Error) return redact('', value.stack ?? value.message, hideFeatures);
  if (Array.isArray(value)) return value.map((item) => redact('', item, hideFeatures));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, redact(name, item, hideFeatures)]),
    );
  return value;
}

/** A URL without its credentials, for messages. */
export function withoutCredentials(url: string): string {
  return url.replace(CREDENTIALS, '$1***@');
}
