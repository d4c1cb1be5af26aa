import { modelList } from '@churn/contracts';
import { defineRoute, type Route } from '@churn/platform';
import { listVersions, requireProject } from '@churn/registry';
import type { Context } from '../context.ts';

export function listModels({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/models',
    summary: 'Model versions, newest first',
    role: 'viewer',
    responses: {
      200: { description: 'The versions', schema: modelList },
      404: { description: 'No such project' },
    },
    handler: async ({ principal: { projectId } }) => {
      const versions = await listVersions(pool, projectId);
      if (versions.length === 0) await requireProject(pool, projectId);
      return { body: { versions } };
    },
  });
}
