import { types } from 'node:util';
import { Unavailable } from './errors.ts';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: the server ends, starts, is full, or gave up on a statement. */
const POSTGRES_STATES = new Set(['57P01', '57P02', '57P03', '57P05', '57014', '53300', '25P03', '25P04']);
const CONNECTION_EXCEPTION = /^08/;
const SYSTEM_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** pg gives these no code. */
const POSTGRES_SAYS =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed)/;
const REDIS_SAYS = /^(Connection is closed|Command timed out|Stream isn't writeable)/;

/**
 * The error to answer with when a store that the service needs is out of reach, else undefined. It passes by itself, so it is a 503, not
 * a fault of the service.
 */
export function outageOf(error: unknown): Unavailable | undefined {
  const store = storeOf(error);
  if (store === undefined) return undefined;
  return new Unavailable(
    'store-unavailable',
    `${store} is out of reach or does not answer in time. Try again in a few seconds; /health/ready says when it is back.`,
    3,
  );
}

function storeOf(error: unknown): 'Postgres' | 'Redis' | undefined {
  if (!types.isNativeError(error)) return undefined;
  if (error.name === 'MaxRetriesPerRequestError' || REDIS_SAYS.test(error.message)) return 'Redis';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const away = POSTGRES_STATES.has(code) || CONNECTION_EXCEPTION.test(code) || SYSTEM_ERRORS.has(code);
  return away || POSTGRES_SAYS.test(error.message) ? 'Postgres' : undefined;
}
