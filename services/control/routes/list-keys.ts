import { apiKeyList } from '@churn/contracts';
import { defineRoute, listApiKeys, type Route } from '@churn/platform';
import { requireProject } from '@churn/registry';
import type { Context } from '../context.ts';

export function listKeys({ pool }: Context): Route {
  return defineRoute({
    method: 'get',
    path: '/api-keys',
    summary: "The project's API keys, without their secrets",
    role: 'admin',
    responses: {
      200: { description: 'The keys', schema: apiKeyList },
      404: { description: 'No such project' },
    },
    handler: async ({ principal: { projectId } }) => {
      const keys = await listApiKeys(pool, projectId);
      if (keys.length === 0) await requireProject(pool, projectId);
      return {
        body: {
          keys: keys.map(({ keyId, name, role, createdAt, revokedAt }) => ({
            key_id: keyId,
            name,
            role,
            created_at: createdAt.toISOString(),
            revoked_at: revokedAt?.toISOString() ?? null,
          })),
        },
      };
    },
  });
}
