import { type Made, onlyAdds } from './additions.ts';
import { statementsOf } from './statements.ts';

/**
 * The statements of a migration that the version before may not survive, and that do not say why it does: by a line right before them,
 *   -- compatible: <why the version before can live with it>
 * Empty when the migration only adds, or says so.
 */
export async function moreThanAdds(sql: string): Promise<string[]> {
  const made: Made = { tables: new Set(), columns: new Set() };
  return (await statementsOf(sql))
    .map(({ node, excerpt, compatible }) => ({ excerpt, fine: onlyAdds(node, made) || compatible !== null }))
    .filter(({ fine }) => !fine)
    .map(({ excerpt }) => excerpt);
}
