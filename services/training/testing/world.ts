import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TrainRequest } from '@churn/contracts';
import type { ProjectIr } from '@churn/features';
import { insertSegment, lakePath, openDuck } from '@churn/lake';
import { getVersion, type ModelVersionDetail } from '@churn/registry';
import { createTestDatabase, createTestLake, insertProject, type TestDatabase } from '@churn/testing';
import { loadTrainingConfig } from '../config.ts';
import { type Context, type ContextOptions, createContext } from '../context.ts';
import { insertRun } from '../queries/runs.ts';
import { type Service, startTrainingService } from '../service.ts';
import { type Turn, takeTurn } from '../train-run.ts';

/** A project with events of its own, ready to train on. */
export interface World {
  db: TestDatabase;
  ir: ProjectIr;
  /** As a process of the service has it; each call is another process's. */
  context(options?: ContextOptions): Context;
  /** The whole service, on a port of its own; close() closes those that are open still. */
  start(options?: ContextOptions): Promise<Service>;
  /** Asks for a run. Returns its id. */
  ask(request?: TrainRequest): Promise<string>;
  /** Asks for a run and takes turns until it is trained or failed, as the service does. */
  train(request?: TrainRequest, options?: ContextOptions): Promise<Turn>;
  version(version: number): Promise<ModelVersionDetail>;
  close(): Promise<void>;
}

/** Events as DuckDB SQL, of the first source or of each by name: entity_id, occurred_us and the source's fields, a row an event. Null: none yet. */
export async function createWorld(
  ir: ProjectIr,
  events: string | Readonly<Record<string, string>> | null,
  nowMs: number,
): Promise<World> {
  const db = await createTestDatabase();
  const lake = createTestLake();
  await insertProject(db.pool, ir);
  const bySource = typeof events === 'string' ? { [ir.sources[0]?.name ?? '']: events } : (events ?? {});
  for (const [source, select] of Object.entries(bySource))
    await insertEvents(db, lake, ir.project, source, select);
  const [model] = ir.models;
  if (model === undefined) throw new Error(`Project ${ir.project} has no model`);
  const config = loadTrainingConfig({
    DATABASE_URL: db.url,
    LAKE_URL: lake.url,
    LOG_LEVEL: 'error',
    PORT: '0',
    CHURN_AUTH: 'off',
    CHURN_PROJECT: ir.project,
    CHURN_CODE_COMMIT: 'abc1234',
  });
  const contexts: Context[] = [];
  const services: Service[] = [];
  const context = (options: ContextOptions = {}) => {
    const created = createContext(config, { now: () => nowMs, ...options });
    contexts.push(created);
    return created;
  };
  const ask = (request: TrainRequest = {}) => insertRun(db.pool, ir.project, model.name, request);
  return {
    db,
    ir,
    context,
    async start(options = {}) {
      const service = await startTrainingService(config, { now: () => nowMs, ...options });
      services.push(service);
      return service;
    },
    ask,
    async train(request, options) {
      await ask(request);
      const own = context(options);
      for (;;) {
        const turn = await takeTurn(own, new AbortController().signal);
        if (turn.did !== 'retry') return turn;
      }
    },
    version: (version) => getVersion(db.pool, ir.project, model.name, version),
    async close() {
      for (const service of services) await service.close();
      for (const created of contexts) await created.closer.close();
      await db.drop();
      lake.remove();
    },
  };
}

/** Writes the events as one segment of the source. */
async function insertEvents(
  { pool }: TestDatabase,
  lake: { url: string; path: string },
  projectId: string,
  source: string,
  events: string,
): Promise<void> {
  const path = `${projectId}/segments/${source}/events.parquet`;
  const file = lakePath(lake.url, path);
  await mkdir(dirname(file), { recursive: true });
  const duck = await openDuck({ tempDir: lake.path });
  try {
    await duck.run(
      `COPY (SELECT *, row_number() OVER () - 1 AS row_offset, NULL::VARCHAR AS event_id FROM (${events}))
       TO '${file}' (FORMAT parquet)`,
    );
    const [found] = await duck.rows<{ rows: bigint; first: bigint; last: bigint }>(
      `SELECT count(*) AS rows, min(occurred_us) AS first, max(occurred_us) AS last FROM '${file}'`,
    );
    const rows = Number(found?.rows ?? 0);
    const reserved = await pool.query<{ first: string }>('SELECT reserve_event_positions($1) AS first', [
      rows,
    ]);
    const first = Number(reserved.rows[0]?.first);
    await insertSegment(pool, {
      projectId,
      source,
      path,
      sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
      rows,
      bytes: statSync(file).size,
      positionFrom: first,
      positionTo: first + rows - 1,
      minOccurredUs: Number(found?.first),
      maxOccurredUs: Number(found?.last),
      importId: null,
    });
  } finally {
    await duck.close();
  }
}
