import { NotFound } from '@churn/platform';
import { currentDefinitions, type DefinitionSet } from '@churn/registry';
import type { Pool } from 'pg';

/** Reads a project's current definitions, never older than the call; requests of one turn of the event loop share a read. */
export function createDefinitionsReader(pool: Pool): (projectId: string) => Promise<DefinitionSet | null> {
  const shared = new Map<string, Promise<DefinitionSet | null>>();
  return (projectId) => {
    const read = shared.get(projectId) ?? readAfterTurn(projectId);
    shared.set(projectId, read);
    return read;
  };

  async function readAfterTurn(projectId: string): Promise<DefinitionSet | null> {
    await new Promise((resolve) => setImmediate(resolve));
    shared.delete(projectId);
    return currentDefinitions(pool, projectId);
  }
}

export function noDefinitions(projectId: string): NotFound {
  return new NotFound(
    'definitions-missing',
    `Project ${projectId} has no definitions yet, so nobody knows what its events look like: churn apply <folder>.`,
  );
}
