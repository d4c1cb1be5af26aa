import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { basename, extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ImportResult, importResult } from '@churn/contracts';
import { type ApiClient, parseAnswer, unreachable } from './client.ts';
import { CliError, EXIT } from './errors.ts';

export interface Upload {
  file: string;
  source: string;
  onError: 'stop' | 'skip';
  shiftEnd?: 'yesterday' | undefined;
  onProgress?: (bytes: number, total: number) => void;
}

/** How long a service may work on a file after the last byte has been sent. */
const ANSWER_MS = 3_600_000;

/** Streams a CSV or Parquet file to ingestion. Throws CliError: the file cannot be read, its kind is unknown, or rows were refused. */
export async function uploadFile(client: ApiClient, upload: Upload): Promise<ImportResult> {
  const format = formatOf(upload.file);
  const size = await sizeOf(upload.file);
  const url = new URL('/imports', client.urls.ingestion);
  url.search = new URLSearchParams({
    source: upload.source,
    format,
    on_error: upload.onError,
    file_name: basename(upload.file),
    ...(upload.shiftEnd !== undefined && { shift_end: upload.shiftEnd }),
  }).toString();
  const { status, text } = await send(client, url, upload, size);
  return parseAnswer('ingestion', status, text, importResult);
}

async function send(
  client: ApiClient,
  url: URL,
  upload: Upload,
  size: number,
): Promise<{ status: number; text: string }> {
  const open = url.protocol === 'https:' ? secureRequest : request;
  const req = open(url, {
    method: 'POST',
    headers: { ...client.headers, 'content-type': 'application/octet-stream', 'content-length': size },
    timeout: ANSWER_MS,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    req.on('response', resolve);
    req.on('error', reject);
    req.on('timeout', () => req.destroy(new Error('timeout')));
  });
  let sent = 0;
  const file = createReadStream(upload.file);
  file.on('data', (chunk) => {
    sent += chunk.length;
    upload.onProgress?.(sent, size);
  });
  // A service that refuses early answers and hangs up: its answer is worth more than the broken pipe.
  pipeline(file, req).catch(() => {});
  try {
    const response = await answered;
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
  } catch (error) {
    throw unreachable('ingestion', client.urls.ingestion, error, ANSWER_MS);
  } finally {
    file.destroy();
  }
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
  return found.size;
}
