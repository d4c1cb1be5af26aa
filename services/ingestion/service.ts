import { createApp, listen } from '@churn/platform';
import type { Express } from 'express';
import type { IngestionConfig } from './config.ts';
import { type Context, type ContextOptions, createContext } from './context.ts';
import { getFeaturesStatus, postMaterialize } from './routes/features.ts';
import { getRejects, postImport } from './routes/imports.ts';
import { postEvents } from './routes/post-events.ts';
import { startWork } from './work.ts';

const PORT = 8001;
const VERSION = '0.1.0';
/** A large file takes its time to arrive. */
const REQUEST_MS = 3_600_000;

export interface Service {
  url: string;
  context: Context;
  close(): Promise<void>;
}

/** Starts ingestion: routes, projector and compactor. */
export async function startIngestionService(
  config: IngestionConfig,
  options: ContextOptions = {},
): Promise<Service> {
  const context = createContext(config, options);
  let closing = false;
  const close = async () => {
    closing = true;
    await context.closer.close();
  };
  try {
    const work = startWork(context);
    context.closer.add('work', () => work.close());
    const app = createIngestionApp(context, () => closing);
    const listening = await listen(app, {
      host: config.HOST,
      port: config.PORT ?? PORT,
      requestTimeoutMs: REQUEST_MS,
    });
    context.closer.add('http', () => listening.close());
    context.log.info('ingestion is up', { url: listening.url });
    return { url: listening.url, context, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The HTTP side alone. */
function createIngestionApp(context: Context, closing: () => boolean): Express {
  return createApp({
    service: 'ingestion',
    version: VERSION,
    log: context.log,
    metrics: context.metrics,
    auth: context.auth,
    routes: [
      postEvents(context),
      postImport(context),
      getRejects(context),
      postMaterialize(context),
      getFeaturesStatus(context),
    ],
    health: {
      closing,
      // Events are durable without Redis; online features wait for it.
      ready: async () => {
        await context.pool.query('SELECT 1');
        return {
          ok: true,
          checks: {
            postgres: 'ok',
            redis: context.redis.status === 'ready' ? 'ok' : 'away: online features wait',
          },
        };
      },
    },
  });
}
