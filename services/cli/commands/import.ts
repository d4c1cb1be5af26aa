import { createWriteStream, existsSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { ImportResult } from '@churn/contracts';
import { type Command, Option } from 'commander';
import type { OpenSession } from '../command.ts';
import { CliError, EXIT } from '../errors.ts';
import { count, table } from '../format.ts';
import type { Session } from '../session.ts';
import { uploadFile } from '../upload.ts';
import { argument } from './arguments.ts';

interface ImportOptions {
  source: string;
  onError: 'stop' | 'skip';
  shiftEnd?: 'yesterday';
  asOf?: string;
}

export function addImport(program: Command, open: OpenSession): void {
  program
    .command('import')
    .argument('<file>', 'a .csv or .parquet file with the columns of the source')
    .description('Import a file of events, or of attributes as of an instant')
    .requiredOption('-s, --source <name>', 'source that the events belong to', argument.source)
    .addOption(
      new Option(
        '--on-error <what>',
        'bad rows: stop and import nothing, or skip them into <file>.rejects.csv (exit 65 when all are bad)',
      )
        .choices(['stop', 'skip'])
        .default('stop'),
    )
    .addOption(
      new Option(
        '--shift-end <day>',
        'shift all times by whole days so that the last falls on this day',
      ).choices(['yesterday']),
    )
    .option(
      '--as-of <time>',
      'instant that the rows hold as of, 2026-10-01 or 2026-10-01T08:00:00Z; for sources without a timestamp column',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ churn import purchases.csv --source transactions\n  $ churn import purchases.csv --source transactions --on-error skip\n  $ churn import customers.csv --source contracts --as-of 2026-10-01\n\nThe same file twice is imported once (with --as-of: once an instant). Mend the rows of a rejects file and import that.',
    )
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const session = open(command);
      const { output, client } = session;
      const result = await uploadFile(client, {
        file,
        ...options,
        onProgress: output.progress,
      }).finally(() => output.settle());
      const rejects = await saveRejects(session, result, `${file}.rejects.csv`);
      output.result({ ...result, rejects_file: rejects }, (imported) => describeImport(imported, rejects));
      failIfAllBad(result, rejects);
    });
}

/** To skip bad rows is to import the others: where there are none, a script must not take it for done. */
function failIfAllBad(result: ImportResult, rejects: string | null): void {
  if (result.rows_rejected === 0 || result.rows_rejected < result.rows_read) return;
  const all = result.rows_read === 1 ? 'its only row was' : `all ${count(result.rows_read)} rows were`;
  throw new CliError(
    `${result.file_name}: ${all} rejected, so nothing was imported. Mend ${rejects ?? 'them'} and import that.`,
    EXIT.badData,
  );
}

async function saveRejects({ client }: Session, result: ImportResult, path: string): Promise<string | null> {
  if (result.rejects === null) return null;
  // It may hold what was mended meanwhile.
  if (result.already_imported && existsSync(path)) return path;
  const response = await client.raw('ingestion', result.rejects);
  if (response.statusCode !== 200)
    throw new CliError(
      `The rejected rows could not be fetched: ingestion answered ${response.statusCode}. They are at ${client.urls.ingestion}${result.rejects}.`,
      EXIT.failed,
    );
  await pipeline(response, createWriteStream(path)).catch((error) => {
    throw new CliError(
      `The rejected rows could not be written to ${path}: ${error.message}. They are at ${client.urls.ingestion}${result.rejects}.`,
      EXIT.failed,
    );
  });
  return path;
}

/** The result in sentences. */
function describeImport(result: ImportResult, rejects: string | null): string {
  if (result.already_imported)
    return `${result.file_name} was imported before; nothing changed.${result.rows_rejected === 0 ? '' : ` Then ${rejectedRows(result.rows_rejected, rejects)}.`}`;
  const lines = [
    `${count(result.rows_imported)} of ${count(result.rows_read)} rows imported into ${result.segments} segment${result.segments === 1 ? '' : 's'}.`,
    ...(result.rows_repeated > 0 ? [`${count(result.rows_repeated)} were known before.`] : []),
    ...(result.shift_days !== 0 ? [`All times were shifted by ${count(result.shift_days)} days.`] : []),
    ...(result.first_occurred_at === null
      ? []
      : result.as_of !== null
        ? [`They hold as of ${result.as_of}.`]
        : [`From ${result.first_occurred_at} to ${result.last_occurred_at ?? ''}.`]),
  ];
  if (result.rows_rejected === 0) return lines.join('\n');
  const ofLines = result.errors.every((fault) => 'line' in fault);
  const rows = result.errors.map((fault) => [
    'line' in fault ? fault.line : fault.row,
    fault.column,
    fault.value,
    fault.reason,
  ]);
  return [
    ...lines,
    `${rejectedRows(result.rows_rejected, rejects)}:`,
    table([ofLines ? 'LINE' : 'ROW', 'COLUMN', 'VALUE', 'REASON'], rows),
  ].join('\n');
}

function rejectedRows(rows: number, rejects: string | null): string {
  const [were, they] = rows === 1 ? ['1 row was', 'it is'] : [`${count(rows)} rows were`, 'they are'];
  return `${were} rejected${rejects === null ? '' : `; ${they} in ${rejects}, to be mended and imported`}`;
}
