import type { ModelManifest } from '@churn/contracts';
import { findSource, viewsOf } from '@churn/features';
import { definitionsByHash } from '@churn/registry';
import type { Pool } from 'pg';

/**
 * Whether every source of the model's features and of its population was `static` in the definitions that it was trained with. Nobody buys any
 * more in a finished data set: its customers age and its windows run empty, so drift is expected and is nobody's fault. False where the catalog
 * does not know the definitions: then drift alarms.
 */
export async function readsFinishedSources(
  pool: Pool,
  projectId: string,
  manifest: Pick<ModelManifest, 'definitions' | 'features'>,
): Promise<boolean> {
  const definitions = await definitionsByHash(pool, projectId, manifest.definitions.hash);
  if (definitions === null) return false;
  const { ir } = definitions;
  return viewsOf(ir, manifest.features).every(({ source }) => findSource(ir, source).static);
}
