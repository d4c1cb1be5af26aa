import type { Route } from '@churn/platform';
import type { Context } from '../context.ts';
import { getFeaturesStatus } from './get-features-status.ts';
import { getRejects } from './get-rejects.ts';
import { postEvents } from './post-events.ts';
import { postImport } from './post-import.ts';
import { postMaterialize } from './post-materialize.ts';

export function routes(context: Context): Route[] {
  return [postEvents, postImport, getRejects, postMaterialize, getFeaturesStatus].map((route) =>
    route(context),
  );
}
