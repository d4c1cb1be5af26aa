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
      503: { description: 'Redis or Postgres is out of reach, so nobody knows' },
    },
    handler: async ({ principal: { projectId } }) => {
      // A store that cannot be asked is not one that is incomplete: nobody rebuilds it.
      const mark = await store.mark(projectId);
      const projector = await readCheckpoint(pool, projectId, 'projector');
      const compactor = await readCheckpoint(pool, projectId, 'compactor');
      const size = await readLakeSize(pool, projectId);
      if (mark === null) await requireProject(pool, projectId);
      return {
        body: {
          generation: mark?.generation ?? null,
          complete: mark !== null,
          // Read last: no reader may seem to be ahead of it.
          position: await currentPosition(pool),
          projector_position: projector,
          compactor_position: compactor,
          ...size,
          customers: mark?.customers ?? null,
        },
      };
    },
  });
}
