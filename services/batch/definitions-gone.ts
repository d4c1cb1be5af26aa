import { Conflict } from '@churn/platform';

/** The catalog keeps every set of definitions: without this one somebody has deleted it, and no run of this version can compute its features. */
export function definitionsGone(model: string, hash: string): Conflict {
  return new Conflict(
    'definitions-gone',
    `The definitions ${hash} that model ${model} was trained on are not in the catalog. Apply them again (churn apply), or train and promote a new version.`,
  );
}
