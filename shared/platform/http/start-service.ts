import type { Pool } from 'pg';
import type { Auth } from '../auth.ts';
import { databaseReady } from '../database-ready.ts';
import type { Closer } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { VERSION } from '../version.ts';
import { createApp } from './app.ts';
import type { Health } from './health.ts';
import { listen } from './listen.ts';
import type { Route } from './route.ts';

/** What each service's context has, whatever else it holds. */
interface ServiceContext {
  config: { readonly HOST: string; readonly PORT?: number | undefined };
  log: Logger;
  pool: Pool;
  metrics: Metrics;
  auth: Auth;
  closer: Closer;
}

/** A service that serves. `close` turns readiness off, lets requests end, then closes what the context holds, the newest first. */
export interface RunningService<C> {
  url: string;
  context: C;
  /** Turns readiness off; requests are served as before. */
  leave(): void;
  close(): Promise<void>;
}

interface Serving {
  routes: readonly Route[];
  /** Default: ready while Postgres answers and has every migration. */
  ready?: Health['ready'];
  summary?: Health['summary'];
  /** Largest JSON body; default 100kb. */
  jsonLimit?: string;
  /** How long a request may take to arrive; default 60 s. */
  requestTimeoutMs?: number;
}

/**
 * Starts a service over its context: `prepare` starts what works in the background and says what is served; then HOST and PORT (default
 * `port`) are listened at. When any of it fails, what the context holds is closed before the error is thrown.
 */
export async function startService<C extends ServiceContext>(
  { name, port }: { name: string; port: number },
  context: C,
  prepare: (context: C) => Serving | Promise<Serving>,
): Promise<RunningService<C>> {
  const { config, log, pool, metrics, auth, closer } = context;
  let closing = false;
  const leave = () => {
    closing = true;
  };
  const close = async () => {
    leave();
    await closer.close();
  };
  try {
    const {
      routes,
      jsonLimit,
      requestTimeoutMs,
      ready = () => databaseReady(pool),
      summary,
    } = await prepare(context);
    const app = createApp({
      service: name,
      version: VERSION,
      log,
      metrics,
      auth,
      routes,
      health: { ready, closing: () => closing, ...(summary !== undefined && { summary }) },
      ...(jsonLimit !== undefined && { jsonLimit }),
    });
    const listening = await listen(app, {
      host: config.HOST,
      port: config.PORT ?? port,
      ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
    });
    closer.add('http', () => listening.close());
    log.info(`${name} is up`, { url: listening.url });
    return { url: listening.url, context, leave, close };
  } catch (error) {
    await close();
    throw error;
  }
}
