import type { ModelManifest } from '@churn/contracts';
import {
  compileView,
  isEligible,
  type OnlineView,
  type ProjectIr,
  parseFeatureReference,
  viewsOf,
} from '@churn/features';
import type { Scorer } from '@churn/model';

/** A view that the model reads, and where its features go in the model's row. */
interface ChampionView {
  online: OnlineView;
  /** [index in the view, index in the row] of each feature that the model uses. */
  columns: (readonly [number, number])[];
}

/** A model in Production, loaded and ready: everything that a prediction of its project needs. Immutable but for its users. */
export interface Champion {
  readonly projectId: string;
  /** `model/version`, as answers name it. */
  readonly label: string;
  readonly model: string;
  readonly version: number;
  readonly scorer: Scorer;
  readonly thresholds: { medium: number; high: number };
  /** The population's view is the first: it says whether a customer is eligible. */
  readonly views: readonly ChampionView[];
  readonly viewKeys: readonly string[];
  /** Names under which answers show the row's values. */
  readonly featureNames: readonly string[];
  readonly eligible: (customer: Parameters<typeof isEligible>[1]) => boolean;
  /** Where the feature is that says who has left: index of the view, index in it. null: nobody does. */
  readonly left: { view: number; feature: number } | null;
}

/** Compiles what a manifest and the definitions it was trained with say. Throws when a feature is not in those definitions. */
export function createChampion(
  projectId: string,
  version: number,
  manifest: ModelManifest,
  ir: ProjectIr,
  scorer: Scorer,
): Champion {
  const views = viewsOf(ir, manifest.features).map((view): ChampionView => {
    const online = compileView(view);
    return { online, columns: columnsOf(online, manifest.features) };
  });
  const placed = views.reduce((sum, view) => sum + view.columns.length, 0);
  if (placed !== manifest.features.length)
    throw new Error(
      `${manifest.model}/${version} uses ${manifest.features.length} features, but its definitions ${manifest.definitions.hash} have ${placed} of them.`,
    );
  return {
    projectId,
    label: `${manifest.model}/${version}`,
    model: manifest.model,
    version,
    scorer,
    thresholds: manifest.thresholds,
    views,
    viewKeys: views.map((view) => view.online.key),
    featureNames: shortNames(manifest.features),
    eligible: (customer) => isEligible(ir, customer),
    left: placeOf(views, ir.population.unless),
  };
}

function placeOf(views: readonly ChampionView[], reference: string | undefined): Champion['left'] {
  if (reference === undefined) return null;
  const parsed = parseFeatureReference(reference);
  const view = views.findIndex(({ online }) => online.key === `${parsed?.view}@${parsed?.version}`);
  return { view, feature: views[view]?.online.featureNames.indexOf(parsed?.feature ?? '') ?? -1 };
}

function columnsOf(online: OnlineView, features: readonly string[]): (readonly [number, number])[] {
  return features.flatMap((reference, column) => {
    const parsed = parseFeatureReference(reference);
    if (parsed === undefined || `${parsed.view}@${parsed.version}` !== online.key) return [];
    const index = online.featureNames.indexOf(parsed.feature);
    return index < 0 ? [] : [[index, column] as const];
  });
}

/** The bare feature name where it is unambiguous, else the whole reference. */
function shortNames(references: readonly string[]): string[] {
  const bare = references.map((reference) => parseFeatureReference(reference)?.feature ?? reference);
  return references.map((reference, i) => {
    const name = bare[i] ?? reference;
    return bare.indexOf(name) === bare.lastIndexOf(name) ? name : reference;
  });
}
