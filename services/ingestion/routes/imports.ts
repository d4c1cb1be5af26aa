import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { importQuery, importResult } from '@churn/contracts';
import { defineRoute, InvalidInput, NotFound, type Route } from '@churn/platform';
import { currentDefinitions } from '@churn/registry';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { sourceRules } from '../events/source-rules.ts';
import { importFile } from '../imports/import-file.ts';
import { receiveFile } from '../imports/receive-file.ts';
import { materializeImports } from '../materialize/materialize.ts';
import { findImportById } from '../queries/file-imports.ts';
import { noDefinitions } from './post-events.ts';

export function postImport(context: Context): Route {
  return defineRoute({
    method: 'post',
    path: '/imports',
    summary: 'Import a CSV or Parquet file, sent as the body',
    description:
      'With on_error=stop (the default) one bad row refuses the file; with skip the good rows are imported and the bad ones can be fetched. The same file again changes nothing. Online features are rebuilt before the answer.',
    role: 'data-scientist',
    query: importQuery,
    body: 'stream',
    bodyTypes: ['text/csv', 'application/vnd.apache.parquet', 'application/octet-stream'],
    responses: {
      200: { description: 'What became of the rows', schema: importResult },
      422: { description: 'Bad rows, by line and column' },
    },
    handler: async ({ req, query, principal: { projectId } }) => {
      const definitions = await currentDefinitions(context.pool, projectId);
      if (definitions === null) throw noDefinitions(projectId);
      const rules = sourceRules(definitions.ir, query.source);
      if (rules === null)
        throw new InvalidInput(
          'source-unknown',
          `Project ${projectId} has no source "${query.source}"; it has ${definitions.ir.sources.map(({ name }) => name).join(', ')}.`,
        );
      const file = await receiveFile(context, projectId, req);
      try {
        const { format, on_error: onError, shift_end: shiftEnd, file_name: fileName } = query;
        const result = await importFile(context, {
          projectId,
          rules,
          format,
          onError,
          shiftEnd,
          fileName,
          path: file.path,
          sha256: file.sha256,
        });
        if (result.rows_imported > 0) await materializeImports(context, projectId);
        return { body: result };
      } finally {
        await file.remove();
      }
    },
  });
}

export function getRejects({ pool, lakePath }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/imports/:id/rejects',
    summary: 'The rejected rows of an import, as they were, to be mended and imported',
    role: 'data-scientist',
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
