import { importQuery, importResult } from '@churn/contracts';
import { defineRoute, InvalidInput, type Route } from '@churn/platform';
import { currentDefinitions } from '@churn/registry';
import type { Context } from '../context.ts';
import { noDefinitions } from '../events/definitions-reader.ts';
import { sourceRules } from '../events/source-rules.ts';
import { readAsOf } from '../imports/as-of.ts';
import { importFile } from '../imports/import-file.ts';
import { receiveFile } from '../imports/receive-file.ts';
import { materializeImports } from '../materialize/materialize.ts';

export function postImport(context: Context): Route {
  return defineRoute({
    method: 'post',
    path: '/imports',
    summary: 'Import a CSV or Parquet file, sent as the body',
    description:
      'With on_error=stop (the default) one bad row refuses the file; with skip the good rows are imported and the bad ones can be fetched. The same file again (as of the same instant, where as_of is needed) changes nothing. Online features are rebuilt before the answer.',
    role: 'data-scientist',
    answerWithinMs: Number.POSITIVE_INFINITY,
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
      const given = { asOf: query.as_of, shiftEnd: query.shift_end };
      const asOf = readAsOf(rules, given, context.now() * 1000);
      const file = await receiveFile(context, projectId, req);
      try {
        const { format, on_error: onError, shift_end: shiftEnd, file_name: fileName } = query;
        const result = await importFile(context, {
          projectId,
          rules,
          format,
          onError,
          shiftEnd,
          asOf,
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
