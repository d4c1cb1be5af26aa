import { createApp, listen } from '@churn/platform';
import type { Express } from 'express';
import type { BatchConfig } from './config.ts';
import { type Context, type ContextOptions, createContext } from './context.ts';
import { routes } from './routes/index.ts';
import { checkPattern } from './schedule.ts';
import { startWork } from './work.ts';

const PORT = 8002;
const VERSION = '0.1.0';

export interface Service {
  url: string;
  context: Context;
  close(): Promise<void>;
}

/** Starts the batch service: routes, coordinators, chunk worker and schedule. */
export async function startBatchService(config: BatchConfig, options: ContextOptions = {}): Promise<Service> {
  checkPattern(config.CHURN_BATCH_SCHEDULE);
  const context = await createContext(config, options);
  let closing = false;
  const work = startWork(context);
  const app = createBatchApp(context, { wake: work.wake, closing: () => closing });
  const close = async () => {
    closing = true;
    await context.closer.close();
  };
  context.closer.add('work', () => work.close());
  try {
    const listening = await listen(app, { host: config.HOST, port: config.PORT ?? PORT });
    context.closer.add('http', () => listening.close());
    context.log.info('batch is up', { url: listening.url, schedule: config.CHURN_BATCH_SCHEDULE });
    return { url: listening.url, context, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The HTTP side alone. */
function createBatchApp(context: Context, work: { wake: () => void; closing: () => boolean }): Express {
  return createApp({
    service: 'batch',
    version: VERSION,
    log: context.log,
    metrics: context.metrics,
    auth: context.auth,
    routes: routes(context, work.wake),
    health: { ready: () => checkReady(context), closing: work.closing },
  });
}

/** Runs can be taken without the queue; they wait for it. */
async function checkReady({
  pool,
  queue,
}: Context): Promise<{ ok: boolean; checks: Record<string, string> }> {
  const postgres = await pool.query('SELECT 1').then(
    () => 'ok',
    (error: Error) => `away: ${error.message}`,
  );
  const queued = await queue.depth().then(
    () => 'ok',
    (error: Error) => `away, runs wait for it: ${error.message}`,
  );
  return { ok: postgres === 'ok', checks: { postgres, queue: queued } };
}
