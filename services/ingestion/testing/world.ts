import type { ProjectIr } from '@churn/features';
import {
  createTestDatabase,
  createTestLake,
  createTestRedis,
  insertProject,
  sampleProject,
  type TestDatabase,
  type TestLake,
  type TestRedis,
} from '@churn/testing';
import { type IngestionConfig, loadIngestionConfig } from '../config.ts';
import { type Context, type ContextOptions, createContext } from '../context.ts';
import { type Service, startIngestionService } from '../service.ts';

export const PROJECT = 'shop';
const NOW_MS = Date.parse('2026-03-05T10:00:00Z');

/** A shop's Postgres, Redis and lake, and as many contexts over them as a test wants processes. */
export interface World {
  db: TestDatabase;
  redis: TestRedis;
  lake: TestLake;
  /** What a process of its own is started with. */
  env: Record<string, string>;
  config: IngestionConfig;
  /** The clock of every context here: ms. */
  nowMs: number;
  /** The parts of one process, without its loops. */
  process(): Context;
  /** The whole service, on a port of its own; close() closes those that are open still. */
  start(options?: ContextOptions): Promise<Service>;
  close(): Promise<void>;
}

export async function createWorld(ir: ProjectIr = sampleProject()): Promise<World> {
  const [db, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  const lake = createTestLake();
  await insertProject(db.pool, ir);
  const env = {
    DATABASE_URL: db.url,
    REDIS_URL: redis.url,
    LAKE_URL: lake.url,
    PORT: '0',
    LOG_LEVEL: 'error',
    CHURN_AUTH: 'off',
    CHURN_PROJECT: ir.project,
  };
  const config = loadIngestionConfig(env);
  const processes: Context[] = [];
  const services: Service[] = [];
  const world: World = {
    db,
    redis,
    lake,
    env,
    config,
    nowMs: NOW_MS,
    process() {
      const context = createContext(config, { now: () => world.nowMs });
      processes.push(context);
      return context;
    },
    async start(options = {}) {
      const service = await startIngestionService(config, { now: () => world.nowMs, ...options });
      services.push(service);
      return service;
    },
    async close() {
      for (const service of services) await service.close();
      for (const context of processes) await context.closer.close();
      await db.drop();
      await redis.stop();
      lake.remove();
    },
  };
  return world;
}

/** The sample shop with orders that have a key. */
export function keyedShop(key: string[] = ['event_id']): ProjectIr {
  const shop = sampleProject();
  return { ...shop, sources: shop.sources.map((source) => ({ ...source, event_key: key })) };
}
