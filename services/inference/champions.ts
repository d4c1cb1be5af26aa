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

/** A champion lent to one piece of work; its session is released after the last user of a replaced one has let go. */
export interface Lease {
  champion: Champion;
  release(): void;
}

export interface Champions {
  /** The project's champion, or null when no model is in Production. */
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

interface Seat {
  champion: Champion;
  users: number;
  retired: boolean;
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
  const seats = new Map<string, Seat>();
  const refused = new Map<string, { label: string; reason: string }>();
  let loaded = false;

  const retire = (seat: Seat): void => {
    seat.retired = true;
    if (seat.users === 0) void seat.champion.scorer.release();
  };
  const seatModel = async (production: ProductionModel): Promise<void> => {
    const { projectId, model, version } = production;
    const before = seats.get(projectId);
    if (before?.champion.model === model && before.champion.version === version) return;
    const champion = await load(pool, production);
    seats.set(projectId, { champion, users: 0, retired: false });
    if (before !== undefined) retire(before);
    log.info('model serves', {
      project: projectId,
      model,
      version,
      replaced: before?.champion.label ?? null,
    });
  };
  const serving = () =>
    [...seats.values()].map(({ champion }) => ({
      project: champion.projectId,
      model: champion.model,
      version: champion.version,
    }));
  const refresh = async (): Promise<void> => {
    const projects = new Set((await listProduction(pool)).map(({ projectId }) => projectId));
    for (const projectId of projects) {
      const production = await productionModel(pool, projectId);
      if (production === null) projects.delete(projectId);
      else
        await seatModel(production).then(
          () => refused.delete(projectId),
          (error: unknown) => {
            const label = `${production.model}/${production.version}`;
            refused.set(projectId, {
              label,
              reason: error instanceof Error ? error.message : String(error),
            });
            log.error('model cannot be served', { project: projectId, label, error });
          },
        );
    }
    for (const projectId of refused.keys()) if (!projects.has(projectId)) refused.delete(projectId);
    for (const [projectId, seat] of seats) {
      if (projects.has(projectId)) continue;
      seats.delete(projectId);
      retire(seat);
      log.warn('no model in Production any more', { project: projectId });
    }
    loaded = true;
    onServing(serving());
  };
  const watch = watchRegistry(url, { onChange: refresh, log });

  return {
    acquire(projectId) {
      const seat = seats.get(projectId);
      if (seat === undefined) return null;
      seat.users++;
      return {
        champion: seat.champion,
        release() {
          seat.users--;
          if (seat.retired && seat.users === 0) void seat.champion.scorer.release();
        },
      };
    },
    serving,
    refused: () => [...refused].map(([project, found]) => ({ project, ...found })),
    loaded: () => loaded,
    refresh,
    async close() {
      await watch.close();
      for (const seat of seats.values()) retire(seat);
      seats.clear();
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
