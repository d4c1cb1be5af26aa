import { createHash } from 'node:crypto';
import { type ModelManifest, sha256Hex } from '@churn/contracts';
import { packReference } from '@churn/model';
import { getVersion, loadArtifact, registerModelVersion } from '@churn/registry';
import {
  createTestDatabase,
  createTestLake,
  insertProject,
  promoteSampleModel,
  sampleProject,
  type TestDatabase,
  type TestLake,
} from '@churn/testing';
import type { Pool } from 'pg';
import { SCORE } from '../compare.ts';
import { loadMonitoringConfig, type MonitoringConfig } from '../config.ts';
import type { ContextOptions } from '../context.ts';
import { type Service, startMonitoringService } from '../service.ts';
import { names, ROWS, referenceData } from './columns.ts';

/** A project with a model that keeps a reference; monitoring's own database and lake. */
export interface World {
  db: TestDatabase;
  lake: TestLake;
  config: MonitoringConfig;
  projectId: string;
  model: string;
  /** Of the version with a reference; 1 has none. */
  version: number;
  /** The whole service, on a port of its own; close() closes those that are open still. */
  start(options?: ContextOptions): Promise<Service>;
  close(): Promise<void>;
}

export async function createWorld(options: { auth?: 'on' | 'off' } = {}): Promise<World> {
  const db = await createTestDatabase();
  const lake = createTestLake();
  const { projectId, model, version } = await addProject(db, 'shop');
  const config = loadMonitoringConfig({
    DATABASE_URL: db.url,
    LAKE_URL: lake.url,
    PORT: '0',
    LOG_LEVEL: 'error',
    CHURN_AUTH: options.auth ?? 'off',
    CHURN_PROJECT: 'shop',
  });
  const services: Service[] = [];
  return {
    db,
    lake,
    config,
    projectId,
    model,
    version,
    async start(own) {
      const service = await startMonitoringService(config, own);
      services.push(service);
      return service;
    },
    async close() {
      for (const service of services) await service.close();
      await db.drop();
      lake.remove();
    },
  };
}

/** A project and its model: version 1 without a reference, version 2 with one. */
export async function addProject(
  { pool }: TestDatabase,
  projectId: string,
): Promise<{ projectId: string; model: string; version: number }> {
  const hash = await insertProject(pool, sampleProject({ project: projectId }));
  const [model] = sampleProject().models;
  if (model === undefined) throw new Error('the sample project has no model');
  await promoteSampleModel(pool, { projectId, model, hash, days: 90 });
  return { projectId, model: model.name, version: await addVersion(pool, projectId, hash) };
}

/** One more version of the project's model, trained with the definitions of that hash; it has a reference. */
export async function addVersion(pool: Pool, projectId: string, hash: string): Promise<number> {
  const { manifest } = await getVersion(pool, projectId, 'churn', 1);
  const reference = packReference([...names, SCORE], referenceData());
  const sha256 = sha256Hex.parse(createHash('sha256').update(reference).digest('hex'));
  const compared: ModelManifest = {
    ...manifest,
    features: names,
    definitions: { ...manifest.definitions, hash },
    reference: { sha256, rows: ROWS, columns: [...names, SCORE] },
  };
  const onnx = await loadArtifact(pool, manifest.onnx.sha256);
  return registerModelVersion(pool, {
    projectId,
    manifest: compared,
    onnx,
    reference,
    trainingRunId: null,
    actor: 'test',
  });
}
