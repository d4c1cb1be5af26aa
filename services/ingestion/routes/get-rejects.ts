import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { defineRoute, NotFound, type Route } from '@churn/platform';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { findImportById } from '../queries/file-imports.ts';

export function getRejects({ pool, lakePath }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/imports/:id/rejects',
    summary: 'The rejected rows of an import, as they were, to be mended and imported',
    role: 'data-scientist',
    answerWithinMs: Number.POSITIVE_INFINITY,
    params: z.strictObject({ id: z.uuid() }),
    responses: {
      200: {
        description:
          'A CSV: the header and lines of the file as they were; of a Parquet file, the columns of the source',
        contentType: 'text/csv',
      },
      404: { description: 'No such import, or none were rejected' },
    },
    handler: async ({ params, principal, res }) => {
      const found = await findImportById(pool, principal.projectId, params.id);
      if (found?.rejects_path == null)
        throw new NotFound(
          'rejects-missing',
          `Import ${params.id} is not known in project ${principal.projectId}, or rejected no row.`,
        );
      res.type('text/csv');
      await pipeline(createReadStream(lakePath(found.rejects_path)), res);
      return undefined;
    },
  });
}
