import { NotFound } from '@churn/platform';
import { currentDefinitions, type DefinitionSet } from '@churn/registry';
import type { Pool } from 'pg';
import { readHorizons } from '../queries/event-horizon.ts';

/** What events are judged by. */
export interface Known extends DefinitionSet {
  /** Of each source that has forgotten events: the first instant of which they are taken, microseconds since 1970. */
  horizons: ReadonlyMap<string, number>;
}

/** Reads a project's current definitions and horizons, never older than the call; requests of one turn of the event loop share a read. */
export function createDefinitionsReader(pool: Pool): (projectId: string) => Promise<Known | null> {
  const shared = new Map<string, Promise<Known | null>>();
  return (projectId) => {
    const read = shared.get(projectId) ?? readAfterTurn(projectId);
    shared.set(projectId, read);
    return read;
  };

  async function readAfterTurn(projectId: string): Promise<Known | null> {
    await new Promise((resolve) => setImmediate(resolve));
    shared.delete(projectId);
    const [definitions, horizons] = await Promise.all([
      currentDefinitions(pool, projectId),
      readHorizons(pool, projectId),
    ]);
    return definitions && { ...definitions, horizons };
  }
}

export function noDefinitions(projectId: string): NotFound {
  return new NotFound(
    'definitions-missing',
    `Project ${projectId} has no definitions yet, so nobody knows what its events look like: churn apply <folder>.`,
  );
}
