import { rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { testFolder } from './test-folder.ts';

export interface TestLake {
  /** file:///..., as LAKE_URL wants it. */
  readonly url: string;
  readonly path: string;
  remove(): void;
}

/** An empty lake in a temporary folder. */
export function createTestLake(): TestLake {
  const path = testFolder('lake');
  return {
    url: pathToFileURL(path).href,
    path,
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
