import { definitionsHash } from '@churn/features';
import { getVersion, loadArtifact, registerModelVersion } from '@churn/registry';
import { promoteSampleModel, sampleProject } from '@churn/testing';
import type { Pool } from 'pg';

export const MODEL = 'churn';

/** Versions of the project's sample model: 1 in Production, the others in None. */
export async function addVersions(pool: Pool, projectId: string, count: number): Promise<void> {
  const ir = sampleProject({ project: projectId });
  const [model] = ir.models;
  if (model === undefined) throw new Error('the sample project has no model');
  await promoteSampleModel(pool, { projectId, model, hash: definitionsHash(ir), days: 90 });
  const { manifest } = await getVersion(pool, projectId, MODEL, 1);
  const onnx = await loadArtifact(pool, manifest.onnx.sha256);
  for (let version = 2; version <= count; version++)
    await registerModelVersion(pool, { projectId, manifest, onnx, trainingRunId: null, actor: 'test' });
}
