import { apiKeyCreated, apiKeyRequest } from '@churn/contracts';
import { audit, createApiKey, defineRoute, inTransaction, type Route } from '@churn/platform';
import type { Context } from '../context.ts';

export function createKey({ pool }: Context): Route {
  return defineRoute({
    method: 'post',
    path: '/api-keys',
    summary: 'Make an API key; its secret is shown this once',
    role: 'admin',
    body: apiKeyRequest,
    responses: { 201: { description: 'The key and its secret', schema: apiKeyCreated } },
    handler: async ({ body: { name, role }, principal: { projectId, actor } }) => {
      const { keyId, secret } = await inTransaction(pool, async (client) => {
        const created = await createApiKey(client, { projectId, name, role });
        await audit(client, {
          projectId,
          actor,
          action: 'key.create',
          subject: name,
          detail: { key_id: created.keyId, role },
        });
        return created;
      });
      return { status: 201, body: { key_id: keyId, name, role, secret } };
    },
  });
}
