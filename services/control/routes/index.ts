import type { Route } from '@churn/platform';
import type { Context } from '../context.ts';
import { createKey } from './create-key.ts';
import { getDefinitions } from './get-definitions.ts';
import { getModelVersion } from './get-model-version.ts';
import { home } from './home.ts';
import { listKeys } from './list-keys.ts';
import { listModels } from './list-models.ts';
import { moveStage } from './move-stage.ts';
import { putDefinitions } from './put-definitions.ts';
import { revokeKey } from './revoke-key.ts';

export function routes(context: Context): Route[] {
  return [
    home,
    putDefinitions,
    getDefinitions,
    listModels,
    getModelVersion,
    moveStage,
    createKey,
    listKeys,
    revokeKey,
  ].map((route) => route(context));
}
