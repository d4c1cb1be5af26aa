import { createHash } from 'node:crypto';
import { sha256Hex } from '@churn/contracts';
import { findModel, type ProjectIr } from '@churn/features';
import { packReference } from '@churn/model';
import { getVersion, loadArtifact, registerModelVersion, transitionStage } from '@churn/registry';
import { insertProject, promoteTrees } from '@churn/testing';
import type { Pool } from 'pg';
import { generatedTrees } from '../../services/batch/testing/generated-trees.ts';
import { insertSampleOrders } from '../../services/batch/testing/sample-orders.ts';

const REFERENCE_ROWS = 500;
const ACTOR = 'test';

export interface Shop {
  project: ProjectIr;
  lakeUrl: string;
  tempDir: string;
  customers: number;
}

/** Orders in the lake, and a model in Production with a reference that its drift is measured against. */
export async function fillShop(pool: Pool, { project, lakeUrl, tempDir, customers }: Shop): Promise<void> {
  const projectId = project.project;
  const hash = await insertProject(pool, project);
  await insertSampleOrders(pool, {
    ...{ projectId, source: 'orders', lakeUrl, tempDir, customers },
    ...{ ordersEach: 4, segments: 2, endMs: Date.now() },
  });
  const model = findModel(project);
  const trees = generatedTrees({ trees: 10, depth: 3, features: model.features.length, seed: 1 });
  const first = await promoteTrees(pool, { projectId, model, hash }, trees);

  const { manifest } = await getVersion(pool, projectId, model.name, first);
  const columns = [...model.features, 'churn_probability'];
  const values = Float32Array.from({ length: columns.length * REFERENCE_ROWS }, (_, i) => i % 100);
  const reference = packReference(columns, values);
  const sha256 = sha256Hex.parse(createHash('sha256').update(reference).digest('hex'));
  const version = await registerModelVersion(pool, {
    projectId,
    manifest: { ...manifest, reference: { sha256, rows: REFERENCE_ROWS, columns } },
    onnx: await loadArtifact(pool, manifest.onnx.sha256),
    reference,
    trainingRunId: null,
    actor: ACTOR,
  });
  for (const to of ['Staging', 'Production'] as const)
    await transitionStage(pool, { projectId, model: model.name, version, to, reason: 'test', actor: ACTOR });
}
