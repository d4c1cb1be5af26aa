import { createApp, listen } from '@churn/platform';
import type { Express } from 'express';
import type { InferenceConfig } from './config.ts';
import { type Context, type ContextOptions, createContext } from './context.ts';
import { health } from './health.ts';
import { predict } from './routes/predict.ts';

const PORT = 8000;
const VERSION = '0.1.0';

export interface Service {
  url: string;
  context: Context;
  close(): Promise<void>;
}

/** Starts inference: the champions are loaded as soon as Postgres answers, and readiness says when. */
export async function startInferenceService(
  config: InferenceConfig,
  options: ContextOptions = {},
): Promise<Service> {
  const context = createContext(config, options);
  let closing = false;
  const close = async () => {
    closing = true;
    await context.closer.close();
  };
  try {
    const app = createInferenceApp(context, () => closing);
    const listening = await listen(app, {
      host: config.HOST,
      port: config.PORT ?? PORT,
      requestTimeoutMs: 10_000,
    });
    context.closer.add('http', () => listening.close());
    context.log.info('inference is up', { url: listening.url });
    return { url: listening.url, context, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The HTTP side alone. */
function createInferenceApp(context: Context, closing: () => boolean): Express {
  return createApp({
    service: 'inference',
    version: VERSION,
    log: context.log,
    metrics: context.metrics,
    auth: context.auth,
    routes: [predict(context)],
    health: health(context, closing),
    jsonLimit: '64kb',
  });
}
