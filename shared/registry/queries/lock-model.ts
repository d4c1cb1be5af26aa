import type pg from 'pg';

/** Holds other registrations and transitions of the model off until the transaction ends. Returns whether there is such a model. */
export async function lockModel(client: pg.PoolClient, projectId: string, model: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT 1 FROM model WHERE project_id = $1 AND name = $2 FOR NO KEY UPDATE',
    [projectId, model],
  );
  return rowCount === 1;
}
