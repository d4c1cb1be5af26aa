import { randomUUID } from 'node:crypto';
import { compileView, findModel, type OnlineView, type ProjectIr } from '@churn/features';
import { createOnlineStore } from '@churn/online';
import {
  createTestDatabase,
  createTestRedis,
  eventually,
  insertProject,
  promoteTrees,
  sampleProject,
  sampleTree,
  type TestDatabase,
  type TestRedis,
} from '@churn/testing';
import { Redis } from 'ioredis';
import { loadInferenceConfig } from '../config.ts';
import type { ContextOptions } from '../context.ts';
import { type Service, startInferenceService } from '../service.ts';

const DAY_US = 86_400_000_000;

/** The clock of every service here: ms. */
export const NOW_MS = Date.parse('2026-03-05T10:00:00Z');
/** From so many days since the last order on, the sample model sees a high risk. */
export const RISK_DAYS = 90;

/** A shop whose customers c0, c1, ... ordered once, for 10.00 + i cents, i days and an hour ago. */
export interface World {
  db: TestDatabase;
  redis: TestRedis;
  ir: ProjectIr;
  view: OnlineView;
  /** Registers a model with these raw margins below and from RISK_DAYS on, and promotes it. Returns its version. */
  promote(margins?: readonly [number, number]): Promise<number>;
  /** Puts the customers' states into Redis, as a complete generation. */
  fill(customers: number): Promise<void>;
  /** Stores a prediction of today, as a batch run would have. */
  store(customerId: string, probability: number): Promise<void>;
  /** The whole service, on a port of its own; close() closes those that are open still. */
  start(options?: ContextOptions): Promise<Service>;
  close(): Promise<void>;
}

export async function createWorld(ir: ProjectIr = sampleProject()): Promise<World> {
  const [db, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  const hash = await insertProject(db.pool, ir);
  const [viewIr] = ir.views;
  if (viewIr === undefined) throw new Error('the sample project has no view');
  const view = compileView(viewIr);
  const model = findModel(ir);
  const feature = model.features.indexOf(model.baseline_feature);
  let generation = 0;
  const services: Service[] = [];
  return {
    db,
    redis,
    ir,
    view,
    promote: (margins) =>
      promoteTrees(db.pool, { projectId: ir.project, model, hash }, [
        sampleTree(feature, RISK_DAYS, margins),
      ]),
    async fill(customers) {
      generation++;
      await fillStates(redis.url, { ir, hash, generation, customers });
    },
    store: (customerId, probability) => storePrediction(db, ir.project, customerId, probability),
    async start(options) {
      const env = { DATABASE_URL: db.url, REDIS_URL: redis.url, PORT: '0', LOG_LEVEL: 'error' };
      const config = loadInferenceConfig({ ...env, CHURN_AUTH: 'off', CHURN_PROJECT: ir.project });
      const service = await startInferenceService(config, { now: () => NOW_MS, ...options });
      services.push(service);
      // Its pool waits a second for a connection, which a machine full of tests may not give at the first try.
      await eventually(() =>
        service.context.champions.refresh().then(
          () => true,
          () => false,
        ),
      );
      return service;
    },
    async close() {
      for (const service of services) await service.close();
      await db.drop();
      await redis.stop();
    },
  };
}

interface Filling {
  ir: ProjectIr;
  hash: string;
  generation: number;
  customers: number;
}

async function fillStates(url: string, { ir, hash, generation, customers }: Filling): Promise<void> {
  const views = ir.views.map(compileView);
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  const store = createOnlineStore(redis);
  const entries = Array.from({ length: customers }, (_, i) => i).flatMap((i) => {
    const occurredUs = NOW_MS * 1000 - i * DAY_US - 3_600_000_000;
    const event = { position: i + 1, occurredUs, fields: { amount: 1_000 + i, quantity: 1 } };
    return views.map((view) => {
      const state = view.apply(null, [event], NOW_MS * 1000);
      if (state === null) throw new Error('an event left no state');
      return { view: view.key, id: `c${i}`, state };
    });
  });
  await store.beginGeneration(ir.project, generation);
  await store.write(ir.project, generation, entries);
  await store.switchGeneration(ir.project, {
    generation,
    position: customers,
    definitions_hash: hash,
    views: views.map(({ key }) => key),
    built_at: new Date(NOW_MS).toISOString(),
    customers,
  });
  redis.disconnect();
}

async function storePrediction(db: TestDatabase, project: string, id: string, probability: number) {
  await db.pool.query(
    `CREATE TABLE IF NOT EXISTS stored_predictions PARTITION OF churn_predictions FOR VALUES FROM (current_date) TO (current_date + 1)`,
  );
  await db.pool.query(
    `INSERT INTO churn_predictions VALUES ($1, current_date, $2, $3, 'low', true, 'churn', 1, $4, now())`,
    [project, id, probability, randomUUID()],
  );
}
