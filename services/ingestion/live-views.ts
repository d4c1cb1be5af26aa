import { compileView, findSource, type OnlineView, type ProjectIr, type SourceIr } from '@churn/features';
import { currentDefinitions, definitionsByHash, listProduction } from '@churn/registry';
import type { Pool } from 'pg';

/** A view that is kept online. */
export interface LiveView {
  online: OnlineView;
  source: SourceIr;
}

export interface LiveViews {
  /** Hash of the current definitions. */
  hash: string;
  ir: ProjectIr;
  /** Views of the current definitions, and those that a model in Production was trained with. */
  views: LiveView[];
}

/** What is to be kept online for a project; null before its first definitions. */
export async function liveViews(pool: Pool, projectId: string): Promise<LiveViews | null> {
  const current = await currentDefinitions(pool, projectId);
  if (current === null) return null;
  const irs = [current.ir];
  for (const production of await listProduction(pool)) {
    const { hash } = production.manifest.definitions;
    if (production.projectId !== projectId || hash === current.hash) continue;
    const used = await definitionsByHash(pool, projectId, hash);
    if (used !== null) irs.push(used.ir);
  }
  const views = new Map<string, LiveView>();
  for (const ir of irs) {
    for (const view of ir.views) {
      const source = findSource(ir, view.source);
      const online = compileView(view);
      if (!views.has(online.key)) views.set(online.key, { online, source });
    }
  }
  return { hash: current.hash, ir: current.ir, views: [...views.values()] };
}
