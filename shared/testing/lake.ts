import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PREFIX } from './sweep.ts';

export interface TestLake {
  /** file:///..., as LAKE_URL wants it. */
  readonly url: string;
  readonly path: string;
  remove(): void;
}

/** An empty lake in a temporary folder. */
export function createTestLake(): TestLake {
  const path = mkdtempSync(join(tmpdir(), `${PREFIX}lake-`));
  return {
    url: pathToFileURL(path).href,
    path,
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
