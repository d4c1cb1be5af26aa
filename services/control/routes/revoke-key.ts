import { audit, defineRoute, inTransaction, NotFound, type Route, revokeApiKey } from '@churn/platform';
import { z } from 'zod';
import type { Context } from '../context.ts';

export function revokeKey({ pool }: Context): Route {
  return defineRoute({
    method: 'delete',
    path: '/api-keys/:key_id',
    summary: 'Revoke an API key; services may honour it for 5 seconds more',
    role: 'admin',
    params: z.strictObject({ key_id: z.uuid() }),
    responses: {
      204: { description: 'It is revoked' },
      404: { description: 'No such key, or revoked before' },
    },
    handler: async ({ params: { key_id }, principal: { projectId, actor } }) => {
      const revoked = await inTransaction(pool, async (client) => {
        const found = await revokeApiKey(client, projectId, key_id);
        if (found) await audit(client, { projectId, actor, action: 'key.revoke', subject: key_id });
        return found;
      });
      if (!revoked)
        throw new NotFound(
          'key-unknown',
          `Project ${projectId} has no key ${key_id} that is not revoked. \`churn keys list\` shows them.`,
        );
      return { status: 204, body: undefined };
    },
  });
}
