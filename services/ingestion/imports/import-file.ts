import { randomUUID } from 'node:crypto';
import type { ImportResult, RowError } from '@churn/contracts';
import { type Duck, insertSegment } from '@churn/lake';
import { InvalidInput, inTransaction } from '@churn/platform';
import type { PoolClient } from 'pg';
import type { Context } from '../context.ts';
import type { Latest, SourceRules, Times } from '../events/source-rules.ts';
import { readHorizons } from '../queries/event-horizon.ts';
import {
  type FileIdentity,
  type FileImport,
  findImport,
  importAnswer,
  insertImport,
  lockFile,
  reservePositions,
} from '../queries/file-imports.ts';
import type { AsOf } from './as-of.ts';
import { checkRaw } from './checked-table.ts';
import type { MalformedLine } from './csv-file.ts';
import { claimFreshRows, type KeyOutcome, keepFreshRows } from './event-keys.ts';
import { loadRaw } from './parse-file.ts';
import { collectRejects } from './rejects.ts';
import { DAY_US, latestOf, shiftOf } from './shift.ts';
import { type Part, writeParts } from './write-parts.ts';

/** Faults that an answer shows. */
const SHOWN = 20;

export interface ImportRequest {
  projectId: string;
  rules: SourceRules;
  path: string;
  sha256: string;
  fileName: string;
  format: 'csv' | 'parquet';
  onError: 'stop' | 'skip';
  shiftEnd: 'yesterday' | undefined;
  /** Of a source without timestamp column. */
  asOf: AsOf | null;
}

/**
 * Imports a file into segments, whole or (`skip`) without its bad rows. The same file again changes nothing. Throws InvalidInput with the bad rows
 * when there are any and `onError` is stop.
 */
export async function importFile(context: Context, request: ImportRequest): Promise<ImportResult> {
  const { pool } = context;
  const before = await findImport(pool, identityOf(request));
  if (before !== null) return importAnswer(before, 0, true);
  const duck = await context.openDuck();
  const began = performance.now();
  try {
    const result = await importWith(context, duck, request);
    context.metrics.imported(result.rows_imported, (performance.now() - began) / 1000);
    return result;
  } finally {
    await duck.close();
  }
}

function identityOf({ projectId, rules, sha256, asOf }: ImportRequest): FileIdentity {
  return { projectId, source: rules.source.name, sha256, asOfUs: asOf?.us ?? null };
}

async function importWith(context: Context, duck: Duck, request: ImportRequest): Promise<ImportResult> {
  const { rules } = request;
  const malformed = await loadRaw(duck, request);
  await checkRaw(duck, rules);
  const shiftDays = await shiftOf(context, duck, request);
  const times = await timesTaken(context, request, shiftDays);
  await duck.run(
    `UPDATE checked SET good = false WHERE good AND occurred_us NOT BETWEEN ${times.earliestUs ?? 0} AND ${times.latest.us}`,
  );
  const [counts] = await duck.rows<{ good: bigint; bad: bigint }>(
    'SELECT count(*) FILTER (good) AS good, count(*) FILTER (NOT coalesce(good, false)) AS bad FROM checked',
  );
  const rejected = Number(counts?.bad ?? 0) + malformed.length;
  const read = Number(counts?.good ?? 0) + rejected;
  if (read === 0) throw new InvalidInput('file-empty', emptyFile(request));
  if (rejected > 0 && request.onError === 'stop') {
    const { errors } = await collectRejects(duck, request, rules, { malformed, conflicts: [], times });
    throw badRows(request, errors, rejected);
  }
  await duck.run(
    `CREATE TEMP TABLE fresh AS SELECT ordinal, entity_id, occurred_us + ${shiftDays * DAY_US}::BIGINT AS occurred_us, ${[...rules.fields.map(({ name }) => `"${name}"`), ''].join(', ')} NULL::VARCHAR AS event_id
     FROM checked WHERE good`,
  );
  return inTransaction(context.pool, (client) =>
    store(context, duck, client, request, { read, malformed, times, shiftDays }),
  );
}

/** Rows without a key are known by their file, which is for good. */
async function timesTaken(
  context: Context,
  request: ImportRequest,
  shiftDays: number,
): Promise<Times & { latest: Latest }> {
  const { rules, projectId } = request;
  const horizonUs =
    rules.key.length === 0 ? undefined : (await readHorizons(context.pool, projectId)).get(rules.source.name);
  return {
    earliestUs: horizonUs === undefined ? null : horizonUs - shiftDays * DAY_US,
    latest: latestOf(context, rules, shiftDays),
  };
}

interface Judged {
  read: number;
  malformed: readonly MalformedLine[];
  times: Times;
  shiftDays: number;
}

/** Files, then identities, positions and the lists: the lock that orders positions is held only for the last few statements. */
async function store(
  context: Context,
  duck: Duck,
  client: PoolClient,
  request: ImportRequest,
  judged: Judged,
): Promise<ImportResult> {
  const { rules, projectId } = request;
  await client.query(`SET LOCAL idle_in_transaction_session_timeout = '10min'`);
  await lockFile(client, identityOf(request));
  const sentMeanwhile = await findImport(client, identityOf(request));
  if (sentMeanwhile !== null) return importAnswer(sentMeanwhile, 0, true);
  const importId = randomUUID();
  const hasKey = rules.source.event_key !== null;
  let keyed = hasKey ? await keepFreshRows(duck, client, projectId, rules) : NO_KEYS;
  let files = await writeFiles(context, duck, request, importId, { ...judged, ...keyed });
  const changed = hasKey ? await claimFreshRows(duck, client, projectId, rules) : null;
  if (changed !== null) {
    // Others claimed keys of the file meanwhile: seldom, and the only time that files are written while positions are locked.
    keyed = changed;
    files = await writeFiles(context, duck, request, importId, { ...judged, ...keyed });
  }
  const { rejects, rejectsPath, parts } = files;
  const imported = parts.reduce((sum, part) => sum + part.rows, 0);
  const made = {
    import_id: importId,
    source: rules.source.name,
    file_name: request.fileName,
    rows_read: judged.read,
    rows_imported: imported,
    rows_rejected: rejects.rows,
    rows_repeated: keyed.repeated,
    shift_days: judged.shiftDays,
    as_of_us: request.asOf?.us ?? null,
    min_occurred_us: imported === 0 ? null : Math.min(...parts.map((part) => part.minOccurredUs)),
    max_occurred_us: imported === 0 ? null : Math.max(...parts.map((part) => part.maxOccurredUs)),
    errors: rejects.errors.slice(0, SHOWN),
    rejects_path: rejectsPath,
  };
  await listImport(client, request, made, parts);
  return importAnswer(made, parts.length, false);
}

/** Of a source without a key every row is another one. */
const NO_KEYS: KeyOutcome = { repeated: 0, conflicts: [] };

/** The rejects file and the segments. Throws InvalidInput when there are bad rows and these are to stop the import. */
async function writeFiles(
  context: Context,
  duck: Duck,
  request: ImportRequest,
  importId: string,
  judged: Judged & KeyOutcome,
) {
  const rejects = await collectRejects(duck, request, request.rules, judged);
  if (rejects.rows > 0 && request.onError === 'stop') throw badRows(request, rejects.errors, rejects.rows);
  const rejectsPath = rejects.rows === 0 ? null : `${request.projectId}/rejects/${importId}.csv`;
  if (rejectsPath !== null) await rejects.write(context.lakePath(rejectsPath));
  return { rejects, rejectsPath, parts: await writeParts(context, duck, request) };
}

/** Positions for the rows, and what makes readers find them. */
async function listImport(
  client: PoolClient,
  request: ImportRequest,
  made: FileImport,
  parts: readonly Part[],
): Promise<void> {
  const { import_id: importId, rows_imported: imported } = made;
  const first = imported === 0 ? null : await reservePositions(client, imported);
  await insertImport(client, {
    ...made,
    ...identityOf(request),
    positionFrom: first,
    positionTo: first === null ? null : first + imported - 1,
  });
  let position = first ?? 0;
  for (const part of parts) {
    await insertSegment(client, {
      ...part,
      positionFrom: position,
      positionTo: position + part.rows - 1,
      importId,
    });
    position += part.rows;
  }
}

function emptyFile({ fileName, format }: ImportRequest): string {
  const has = format === 'csv' ? 'a header but no rows' : 'columns but no rows';
  return `${fileName} has ${has}, so nothing was imported. Check the export that made it.`;
}

function worded(error: RowError): string {
  const row = 'line' in error ? `line ${error.line}` : `row ${error.row}`;
  return `${row}${error.column === '' ? '' : `, column ${error.column}`}: ${error.reason}`;
}

function badRows(request: ImportRequest, errors: readonly RowError[], rejected: number): InvalidInput {
  const [first] = errors;
  const rows = rejected === 1 ? '1 row is' : `${rejected} rows are`;
  return new InvalidInput(
    'rows-invalid',
    `${request.fileName}${first === undefined ? '' : `, ${worded(first)}`}. ${rows} bad in all, so nothing was imported. Mend them, or import the rest with --on-error=skip.`,
    { errors: errors.slice(0, SHOWN), rejected },
  );
}
