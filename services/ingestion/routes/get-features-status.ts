import { featuresStatus } from '@churn/contracts';
import { defineRoute, type Route } from '@churn/platform';
import { requireProject } from '@churn/registry';
import type { Context } from '../context.ts';
import { currentPosition, readCheckpoint } from '../queries/consumers.ts';
import { readLakeSize } from '../queries/lake-size.ts';

export function getFeaturesStatus({ pool, store }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/features/status',
    summary: 'Where the inbox, its readers and the online generation stand',
    role: 'viewer',
    responses: {
      200: { description: 'The status', schema: featuresStatus },
      404: { description: 'No such project' },
    },
    handler: async ({ principal: { projectId } }) => {
      const mark = await store.mark(projectId).catch(() => null);
      const size = await readLakeSize(pool, projectId);
      if (mark === null) await requireProject(pool, projectId);
      return {
        body: {
          generation: mark?.generation ?? null,
          complete: mark !== null,
          position: await currentPosition(pool),
          projector_position: await readCheckpoint(pool, projectId, 'projector'),
          compactor_position: await readCheckpoint(pool, projectId, 'compactor'),
          ...size,
          customers: mark?.customers ?? null,
        },
      };
    },
  });
}
