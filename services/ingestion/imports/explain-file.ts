import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
/** Bytes of one line at most. */
export const MAX_LINE = 1 << 20;

/** Why a file that the reader refuses is no such CSV: the place, and the remedy. null when nothing plain is the matter. */
export async function explainCsv(path: string): Promise<string | null> {
  const ends = { lf: 0, crlf: 0 };
  let line = 1;
  let inLine = 0;
  let quotedFrom = 0;
  let before = 0;
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    if (bytes === 0 && chunk[0] === 0x1f && chunk[1] === 0x8b)
      return 'it is compressed with gzip. Unpack it with gunzip and import the result';
    for (const byte of chunk) {
      bytes++;
      if (byte === 0) return `line ${line} has a NUL byte, so it is no text. Export the file as CSV in UTF-8`;
      if (++inLine > MAX_LINE)
        return `line ${line} is longer than ${MAX_LINE} bytes. Look for a missing line end or a quote that does not end`;
      if (byte === QUOTE) quotedFrom = quotedFrom === 0 ? line : 0;
      if (byte === NEWLINE) {
        if (quotedFrom === 0) ends[before === RETURN ? 'crlf' : 'lf'] ||= line;
        line++;
        inLine = 0;
      }
      before = byte;
    }
  }
  if (bytes === 0) return 'it is empty. The first line must name the columns';
  if (quotedFrom > 0)
    return `a quoted value that begins in line ${quotedFrom} does not end. Close it, or write a quote within it twice`;
  if (ends.lf > 0 && ends.crlf > 0)
    return `line ${ends.crlf} ends in CR LF and line ${ends.lf} in LF alone. Give all lines the same end, as dos2unix does`;
  return null;
}

/** The first line of a file, without what ends it or marks its encoding; of a line beyond bounds its beginning. */
export async function firstLine(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, 0);
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/);
    return line.replace(/^\ufeff/, '');
  } finally {
    await file.close();
  }
}
