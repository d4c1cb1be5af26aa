import { AsyncLocalStorage } from 'node:async_hooks';
import winston from 'winston';
import { redact } from './redact.ts';

export type Logger = winston.Logger;

/** The request that the current work belongs to; its id is on every line that is logged meanwhile. */
export const requestContext = new AsyncLocalStorage<{ requestId: string }>();

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
