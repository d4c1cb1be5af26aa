import type { Role } from '@churn/contracts';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Principal } from '../auth.ts';
import { invalid } from '../errors.ts';
import type { Logger } from '../log.ts';

interface RouteInput<P, Q, B> {
  params: P;
  query: Q;
  /** The validated body; undefined for `body: 'stream'`, where the handler reads req. */
  body: B;
  req: Request;
  res: Response;
  /** Who asks. For public routes: of project "public", allowed nothing. */
  principal: Principal;
  log: Logger;
  /** Aborts when the client goes away before the answer. */
  signal: AbortSignal;
}

export interface RouteAnswer {
  /** Default 200. */
  status?: number;
  /** Sent as JSON; a string goes as it is, with the contentType. */
  body: unknown;
  contentType?: string;
  headers?: Record<string, string>;
}

interface ResponseSpec {
  description: string;
  schema?: z.ZodType;
  /** Default application/json. */
  contentType?: string;
}

/** One operation: who may, what is valid, what it answers. OpenAPI comes from the same description. */
export interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  method: 'get' | 'post' | 'put' | 'delete';
  /** Express pattern, `/models/:model`. */
  path: string;
  summary: string;
  description?: string;
  /** The least role, or public. */
  role: Role | 'public';
  params?: P;
  query?: Q;
  /** A schema of the JSON body, or 'stream' when the handler reads the request itself. */
  body?: B | 'stream';
  /** Media types of a streamed body, for the documentation. */
  bodyTypes?: readonly string[];
  responses: Record<number, ResponseSpec>;
  /** A line in the log for each request; default true. Hot routes turn it off: metrics count them. */
  accessLog?: boolean;
  /** After so long the answer is a 503; default 8 s. Infinity for routes that work or stream for as long as it takes. */
  answerWithinMs?: number;
  handler: (input: RouteInput<z.output<P>, z.output<Q>, z.output<B>>) => Promise<RouteAnswer | undefined>;
}

/** A route whose types are known only to itself. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly role: Role | 'public';
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType | 'stream';
  readonly bodyTypes?: readonly string[];
  readonly responses: Record<number, ResponseSpec>;
  readonly accessLog?: boolean;
  readonly answerWithinMs?: number;
  /** Validates each part and runs the handler. */
  readonly run: (raw: RouteInput<unknown, unknown, unknown>) => Promise<RouteAnswer | undefined>;
}

/** Checks the types of a route; validates params, query and body before its handler sees them. */
export function defineRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  spec: RouteSpec<P, Q, B>,
): Route {
  const { handler, ...rest } = spec;
  return {
    ...rest,
    run: (raw) =>
      handler({
        ...raw,
        params: parsePart('params', spec.params, raw.params),
        query: parsePart('query', spec.query, raw.query),
        body: parsePart('body', spec.body === 'stream' ? undefined : spec.body, raw.body),
      }),
  };
}

function parsePart<T extends z.ZodType>(part: string, schema: T | undefined, value: unknown): z.output<T> {
  if (schema === undefined) return undefined as z.output<T>;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(part, parsed.error);
  return parsed.data;
}
