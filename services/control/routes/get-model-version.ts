import { modelVersionDetail } from '@churn/contracts';
import { defineRoute, type Route } from '@churn/platform';
import { getVersion } from '@churn/registry';
import { z } from 'zod';
import type { Context } from '../context.ts';

export const versionParams = z.strictObject({
  model: z.string().min(1).max(63),
  version: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
});

export function getModelVersion({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/models/:model/versions/:version',
    summary: 'A version with its manifest and the record of its stages',
    role: 'viewer',
    params: versionParams,
    responses: {
      200: { description: 'The version', schema: modelVersionDetail },
      404: { description: 'No such version' },
    },
    handler: async ({ params, principal }) => ({
      body: await getVersion(pool, principal.projectId, params.model, params.version),
    }),
  });
}
