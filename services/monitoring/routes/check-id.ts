import { NotFound } from '@churn/platform';
import { z } from 'zod';

/** A check's id, or `latest`. */
export const idParams = z.strictObject({ id: z.union([z.uuid(), z.literal('latest')]) });

export function unknownCheck(projectId: string, id: string): NotFound {
  return id === 'latest'
    ? new NotFound(
        'drift-run-missing',
        `Project ${projectId} has no drift check yet: one follows each batch run.`,
      )
    : new NotFound(
        'drift-run-unknown',
        `Project ${projectId} has no drift check ${id}. \`churn drift\` shows the newest.`,
      );
}
