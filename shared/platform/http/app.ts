import { randomUUID } from 'node:crypto';
import { types } from 'node:util';
import express from 'express';
import type { Auth, Principal } from '../auth.ts';
import {
  BadRequest,
  ChurnError,
  InvalidInput,
  NotFound,
  PayloadTooLarge,
  toProblem,
  UnsupportedMediaType,
} from '../errors.ts';
import { type Logger, requestContext } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { outageOf } from '../outage.ts';
import { type Health, healthRoutes } from './health.ts';
import { inTime } from './in-time.ts';
import { otherMethods } from './methods.ts';
import { openApiDocument } from './openapi.ts';
import type { Route, RouteAnswer } from './route.ts';

export interface AppOptions {
  service: string;
  version: string;
  log: Logger;
  metrics: Metrics;
  auth: Auth;
  routes: readonly Route[];
  health: Health;
  /** Largest JSON body; default 100kb. */
  jsonLimit?: string;
}

const NOBODY = { projectId: 'public', role: 'viewer', actor: 'public' } as Principal;

/** An Express application of the routes, with health, metrics and OpenAPI, request ids, and every error as problem+json. */
export function createApp(options: AppOptions): express.Express {
  const { service, version, metrics, routes } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(trackRequest(options));
  const document = openApiDocument(service, version, routes);
  app.get('/openapi.json', (_req, res) => void res.json(document));
  app.get('/metrics', async (_req, res) => {
    res.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  healthRoutes(app, options.health);
  const json = express.json({
    limit: options.jsonLimit ?? '100kb',
    type: ['application/json', 'application/*+json'],
    // Any JSON is read; whether it is what was meant says the route's schema.
    strict: false,
  });
  for (const route of routes) {
    const parsers = route.body !== undefined && route.body !== 'stream' ? [requireJson, json] : [];
    app[route.method](route.path, ...parsers, handlerOf(route, options));
  }
  otherMethods(app, routes);
  app.use((req: express.Request) => {
    throw new NotFound(
      'route-unknown',
      `There is no ${req.method} ${req.path}. See /openapi.json for what there is.`,
    );
  });
  app.use(errorHandler(options.log));
  return app;
}

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** Request id, RED metrics and the access log. */
function trackRequest({ log, metrics, routes }: AppOptions): express.RequestHandler {
  const quiet = new Set(routes.filter(({ accessLog }) => accessLog === false).map(({ path }) => path));
  return (req, res, next) => {
    const begin = process.hrtime.bigint();
    const given = req.headers['x-request-id'];
    const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    res.setHeader('X-Request-Id', requestId);
    res.on('finish', () => {
      const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
      const pattern: unknown = req.route?.path;
      const route = typeof pattern === 'string' ? pattern : 'unknown';
      metrics.observeRequest(req.method, route, res.statusCode, seconds);
      const level =
        route.startsWith('/health') || route === '/metrics' || quiet.has(route) ? 'debug' : 'info';
      if (log.isLevelEnabled(level))
        log.log(level, 'request', {
          method: req.method,
          route,
          status: res.statusCode,
          ms: seconds * 1000,
          request_id: requestId,
        });
    });
    requestContext.run({ requestId }, next);
  };
}

function handlerOf(route: Route, { auth, log }: AppOptions): express.RequestHandler {
  const { role } = route;
  return async (req, res) => {
    const principal = role === 'public' ? NOBODY : await auth.authorize(req, role);
    let gone: AbortController | undefined;
    const running = route.run({
      params: req.params,
      query: req.query,
      body: req.body,
      req,
      res,
      principal,
      log,
      // Made only when asked for: most handlers never look.
      get signal() {
        if (gone === undefined) {
          const controller = new AbortController();
          res.on('close', () => controller.abort());
          gone = controller;
        }
        return gone.signal;
      },
    });
    const answer = await inTime(running, route.answerWithinMs);
    if (answer !== undefined) send(res, answer);
  };
}

function send(res: express.Response, { status = 200, body, contentType, headers }: RouteAnswer): void {
  res.status(status);
  if (headers !== undefined) res.set(headers);
  if (typeof body === 'string') res.type(contentType ?? 'text/plain').send(body);
  else if (body === undefined) res.end();
  else res.json(body);
}

const requireJson: express.RequestHandler = (req, _res, next) => {
  if (req.is(['application/json', 'application/*+json'])) return next();
  const given = req.headers['content-type'] ?? 'none';
  const sent = req.is('*/*') === null ? 'no body' : given;
  throw new UnsupportedMediaType(
    'content-type',
    `The body must be JSON: send Content-Type: application/json (got ${sent}).`,
  );
};

function errorHandler(log: Logger): express.ErrorRequestHandler {
  return (raw, req, res, next) => {
    const error = clientLeft(req) ? LEFT : knownError(raw);
    const requestId = String(res.getHeader('X-Request-Id') ?? '');
    const body = toProblem(error, req.path, requestId);
    if (body.status >= 500 && error !== raw)
      log.warn('request refused', { error: raw, request_id: requestId });
    else if (body.status >= 500 && !(error instanceof ChurnError))
      log.error('request failed', { error, request_id: requestId });
    if (res.headersSent) return next(error);
    if (error instanceof ChurnError && error.retryAfterSeconds !== undefined)
      res.setHeader('Retry-After', String(Math.ceil(error.retryAfterSeconds)));
    if (body.status === 401) res.setHeader('WWW-Authenticate', 'Bearer');
    res.status(body.status).type('application/problem+json').send(JSON.stringify(body));
  };
}

/** Nobody reads this answer; it is for the metrics, and so that the log does not take it for a fault of ours. */
const LEFT = new BadRequest('request-aborted', 'The client went away before its whole request had arrived.');

function clientLeft(req: express.Request): boolean {
  return req.destroyed && !req.complete;
}

/** PostgreSQL stores every character but this one, in text (22021) and in jsonb (22P05). */
const NUL_REFUSED = new Set<unknown>(['22021', '22P05']);

/** Errors of Express, its body parser and of what Postgres cannot hold, in our words. */
function knownError(error: unknown): unknown {
  if (error instanceof ChurnError || !types.isNativeError(error)) return error;
  const type = 'type' in error ? error.type : undefined;
  const limit = 'limit' in error ? error.limit : undefined;
  if (type === 'entity.parse.failed')
    return new BadRequest('json-malformed', `The body is not valid JSON: ${error.message}.`);
  if (type === 'entity.too.large')
    return new PayloadTooLarge(
      'body-too-large',
      `The body is larger than ${limit} bytes. Send it in smaller parts.`,
    );
  if (error instanceof URIError)
    return new BadRequest('path-malformed', 'The path has a malformed %-escape.');
  if ('code' in error && NUL_REFUSED.has(error.code))
    return new InvalidInput(
      'nul-character',
      'The request holds a NUL character (\\u0000), which cannot be stored. Take it out.',
    );
  const outage = outageOf(error);
  if (outage !== undefined) return outage;
  const status = 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500
    ? new ChurnError(status, 'bad-request', `${error.message}.`)
    : error;
}
