import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { type ImportResult, importResult } from '@churn/contracts';
import type { ApiClient } from './client.ts';
import { CliError, EXIT } from './errors.ts';
import type { Progress } from './format.ts';

export interface Upload {
  file: string;
  source: string;
  onError: 'stop' | 'skip';
  shiftEnd?: 'yesterday' | undefined;
  /** A date, or ISO 8601 with a zone. */
  asOf?: string | undefined;
  onProgress: (state: Progress) => void;
}

/** How long ingestion may work on a file after the last byte has been sent. */
const ANSWER_MS = 3_600_000;

/** Streams a CSV or Parquet file to ingestion. Throws CliError: the file cannot be read, its kind is unknown, or rows were refused. */
export async function uploadFile(client: ApiClient, upload: Upload): Promise<ImportResult> {
  const { file } = upload;
  const query = new URLSearchParams({
    source: upload.source,
    format: formatOf(file),
    on_error: upload.onError,
    file_name: basename(file),
    ...(upload.shiftEnd !== undefined && { shift_end: upload.shiftEnd }),
    ...(upload.asOf !== undefined && { as_of: upload.asOf }),
  });
  const body = { file, size: await sizeOf(file), onProgress: progressOf(upload) };
  return client.call('ingestion', `/imports?${query}`, importResult, {
    method: 'POST',
    body,
    timeoutMs: ANSWER_MS,
  });
}

function progressOf({ file, onProgress }: Upload): (bytes: number, total: number) => void {
  const name = basename(file);
  return (done, total) =>
    onProgress(
      done < total ? { label: `sending ${name}`, done, total } : { label: `parsing and storing ${name}` },
    );
}

function formatOf(file: string): 'csv' | 'parquet' {
  const kind = extname(file).toLowerCase();
  if (kind === '.csv') return 'csv';
  if (kind === '.parquet' || kind === '.pq') return 'parquet';
  throw new CliError(`${file}: expected a name that ends in .csv or .parquet.`, EXIT.usage);
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) throw new CliError(`${file}: there is no such file.`, EXIT.notFound);
  if (!found.isFile()) throw new CliError(`${file} is not a file.`, EXIT.usage);
  await access(file, constants.R_OK).catch(() => {
    throw new CliError(`${file} may not be read by this user.`, EXIT.noPermission);
  });
  return found.size;
}
