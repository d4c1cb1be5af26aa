import { findModel, type ProjectIr } from '@churn/features';
import { insertProject, promoteTrees } from '@churn/testing';
import { generatedTrees } from '../../services/batch/testing/generated-trees.ts';
import { insertSampleOrders } from '../../services/batch/testing/sample-orders.ts';
import type { Platform } from './platform.ts';

/** A project with orders in the lake, the online state of each customer in Redis, and a model of 100 trees of depth 4 in Production. */
export async function prepareShop(
  platform: Platform,
  project: ProjectIr,
  size: { customers: number; ordersEach: number },
): Promise<void> {
  const { pool, lakeUrl, dir } = platform;
  const model = findModel(project);
  const hash = await insertProject(pool, project);
  await insertSampleOrders(pool, {
    projectId: project.project,
    source: 'transactions',
    lakeUrl,
    tempDir: dir,
    ...size,
    segments: 2,
    endMs: Date.now(),
  });
  const trees = generatedTrees({ trees: 100, depth: 4, features: model.features.length, seed: 1 });
  await promoteTrees(pool, { projectId: project.project, model, hash }, trees);
  const ingestion = await platform.spawn('ingestion', project.project);
  const built = await fetch(`${ingestion.url}/features/materialize`, { method: 'POST' });
  if (!built.ok) throw new Error(await built.text());
  await ingestion.stop();
}
