import type { ModelManifest } from '@churn/contracts';
import { createScorer, type Scorer } from '@churn/model';
import { getVersion, loadArtifact } from '@churn/registry';
import type { Pool } from 'pg';

interface LoadedModel {
  scorer: Scorer;
  manifest: ModelManifest;
}

interface ModelKey {
  projectId: string;
  model: string;
  modelVersion: number;
}

export interface Scorers {
  /** The scorer of a model version, loaded once. Throws when the registry has none or its bytes are damaged. */
  get(key: ModelKey): Promise<LoadedModel>;
  close(): Promise<void>;
}

/** Sessions give their memory back only with the process: a few versions stay, so that projects in turn do not reload theirs. */
const KEPT = 8;

/** Scorers by model version; versions never change, so nothing expires but by number. */
export function createScorers(pool: Pool): Scorers {
  const loaded = new Map<string, Promise<LoadedModel>>();
  return {
    get(key) {
      const name = `${key.projectId}/${key.model}/${key.modelVersion}`;
      const found = loaded.get(name);
      if (found !== undefined) return found;
      const loading = load(pool, key);
      loaded.set(name, loading);
      loading.catch(() => loaded.delete(name));
      evict(loaded);
      return loading;
    },
    async close() {
      for (const loading of loaded.values())
        await loading.then(
          ({ scorer }) => scorer.release(),
          () => {},
        );
      loaded.clear();
    },
  };
}

/** A scorer in use is not released here: it ends when its last user lets go of it. */
function evict(loaded: Map<string, Promise<LoadedModel>>): void {
  const [oldest] = loaded.keys();
  if (loaded.size > KEPT && oldest !== undefined) loaded.delete(oldest);
}

async function load(pool: Pool, key: ModelKey): Promise<LoadedModel> {
  const version = await getVersion(pool, key.projectId, key.model, key.modelVersion);
  const onnx = await loadArtifact(pool, version.manifest.onnx.sha256);
  return { scorer: await createScorer(onnx, version.manifest), manifest: version.manifest };
}
