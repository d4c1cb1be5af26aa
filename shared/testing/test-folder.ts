import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PREFIX } from './sweep.ts';

/** A new temporary folder. Its name has the process that made it, so that the next run can tell whether it was left behind. */
export function testFolder(what: string): string {
  return mkdtempSync(join(tmpdir(), `${PREFIX}${what}-${process.pid}-`));
}
