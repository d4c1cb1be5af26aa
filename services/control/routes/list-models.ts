import { modelList } from '@churn/contracts';
import { defineRoute, type Route } from '@churn/platform';
import { listVersions } from '@churn/registry';
import type { Context } from '../context.ts';

export function listModels({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/models',
    summary: 'Model versions, newest first',
    role: 'viewer',
    responses: { 200: { description: 'The versions', schema: modelList } },
    handler: async ({ principal }) => ({ body: { versions: await listVersions(pool, principal.projectId) } }),
  });
}
