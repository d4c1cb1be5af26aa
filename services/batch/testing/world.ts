import type { ProjectIr } from '@churn/features';
import type { TestDatabase, TestLake, TestRedis } from '@churn/testing';
import {
  createTestDatabase,
  createTestLake,
  createTestRedis,
  insertProject,
  promoteSampleModel,
  sampleProject,
} from '@churn/testing';
import type { BatchConfig } from '../config.ts';
import { loadBatchConfig } from '../config.ts';
import type { ContextOptions } from '../context.ts';
import { type Service, startBatchService } from '../service.ts';
import { insertSampleOrders } from './sample-orders.ts';

/** A shop with customers and a model in Production, on servers of its own. */
export interface World {
  db: TestDatabase;
  redis: TestRedis;
  lake: TestLake;
  ir: ProjectIr;
  env: Record<string, string>;
  config: BatchConfig;
  /** The clock of every context here: ms. */
  nowMs: number;
  customers: number;
  /** The whole service, on a port of its own; close() closes those that are open still. */
  start(options?: ContextOptions): Promise<Service>;
  close(): Promise<void>;
}

/** The model: 90 days without an order is high risk. */
export const RISK_DAYS = 90;
export const NOW_MS = Date.parse('2026-03-05T10:00:00Z');

export async function createWorld(options: { customers?: number; chunkRows?: number } = {}): Promise<World> {
  const [db, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  const lake = createTestLake();
  const ir = sampleProject();
  const customers = options.customers ?? 1_000;
  const hash = await insertProject(db.pool, ir);
  const orders = {
    projectId: ir.project,
    source: 'orders',
    lakeUrl: lake.url,
    tempDir: lake.path,
    customers,
    ordersEach: 3,
    segments: 2,
    endMs: NOW_MS,
  };
  await insertSampleOrders(db.pool, orders);
  const [model] = ir.models;
  if (model === undefined) throw new Error('the sample project has no model');
  await promoteSampleModel(db.pool, { projectId: ir.project, model, hash, days: RISK_DAYS });
  const env = {
    DATABASE_URL: db.url,
    REDIS_URL: redis.url,
    LAKE_URL: lake.url,
    PORT: '0',
    LOG_LEVEL: 'error',
    CHURN_AUTH: 'off',
    CHURN_PROJECT: ir.project,
    CHURN_BATCH_CHUNK_ROWS: String(options.chunkRows ?? 100),
  };
  const config = loadBatchConfig(env);
  const services: Service[] = [];
  const world: World = {
    db,
    redis,
    lake,
    ir,
    env,
    config,
    nowMs: NOW_MS,
    customers,
    async start(own = {}) {
      const service = await startBatchService(config, { now: () => world.nowMs, ...own });
      services.push(service);
      return service;
    },
    async close() {
      for (const service of services) await service.close();
      await db.drop();
      await redis.stop();
      lake.remove();
    },
  };
  return world;
}
