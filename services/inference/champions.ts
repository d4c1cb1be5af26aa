import { createScorer } from '@churn/model';
import type { Logger } from '@churn/platform';
import {
  definitionsByHash,
  listProduction,
  loadArtifact,
  type ProductionModel,
  productionModel,
  watchRegistry,
} from '@churn/registry';
import type { Pool } from 'pg';
import { type Champion, createChampion } from './champion.ts';
import { createSeats, type Lease } from './seats.ts';

export interface Champions {
  /** The project's champion, or null when none serves; no-model.ts says why. */
  acquire(projectId: string): Lease | null;
  serving(): { project: string; model: string; version: number }[];
  /** Versions in Production that could not be loaded, and why; the project's champion before, if any, goes on. */
  refused(): { project: string; label: string; reason: string }[];
  /** Whether the registry was read at least once. */
  loaded(): boolean;
  /** Reads the registry again now: for tests, and after a start. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

interface Options {
  pool: Pool;
  url: string;
  log: Logger;
  onServing(serving: { project: string; model: string; version: number }[]): void;
}

/**
 * The models that serve, one a project: the project's default model in Production. A change is loaded, verified against its hash and run once
 * before it takes the seat; until then, and when it cannot be loaded, the one before goes on. Requests hold the champion they began with.
 */
export function watchChampions({ pool, url, log, onServing }: Options): Champions {
  const seats = createSeats();
  const refused = new Map<string, { label: string; reason: string }>();
  let loaded = false;

  const serving = () =>
    seats.all().map(({ projectId, model, version }) => ({ project: projectId, model, version }));
  const seatModel = async (production: ProductionModel): Promise<void> => {
    const { projectId, model, version } = production;
    const before = seats.seated(projectId);
    if (before?.model === model && before.version === version) return;
    seats.take(await load(pool, production));
    log.info('model serves', { project: projectId, model, version, replaced: before?.label ?? null });
  };
  const tryToSeat = (production: ProductionModel): Promise<unknown> =>
    seatModel(production).then(
      () => refused.delete(production.projectId),
      (error: unknown) => {
        const label = `${production.model}/${production.version}`;
        const reason = error instanceof Error ? error.message : String(error);
        refused.set(production.projectId, { label, reason });
        log.error('model cannot be served', { project: production.projectId, label, error });
      },
    );
  const refresh = async (): Promise<void> => {
    const projects = new Set((await listProduction(pool)).map(({ projectId }) => projectId));
    for (const projectId of projects) {
      const production = await productionModel(pool, projectId);
      if (production === null) projects.delete(projectId);
      else await tryToSeat(production);
    }
    for (const projectId of refused.keys()) if (!projects.has(projectId)) refused.delete(projectId);
    for (const project of seats.keepOnly(projects)) log.warn('no model in Production any more', { project });
    loaded = true;
    onServing(serving());
  };
  const watch = watchRegistry(url, { onChange: refresh, log });

  return {
    acquire: seats.lend,
    serving,
    refused: () => [...refused].map(([project, found]) => ({ project, ...found })),
    loaded: () => loaded,
    refresh,
    async close() {
      await watch.close();
      seats.keepOnly(new Set());
    },
  };
}

async function load(
  pool: Pool,
  { projectId, version, manifest, sha256 }: ProductionModel,
): Promise<Champion> {
  const definitions = await definitionsByHash(pool, projectId, manifest.definitions.hash);
  if (definitions === null)
    throw new Error(
      `The definitions ${manifest.definitions.hash} that ${manifest.model}/${version} was trained with are gone from the catalog.`,
    );
  const scorer = await createScorer(await loadArtifact(pool, sha256), manifest);
  try {
    return createChampion(projectId, version, manifest, definitions.ir, scorer);
  } catch (error) {
    await scorer.release();
    throw error;
  }
}
