import { materializeResult } from '@churn/contracts';
import { defineRoute, type Route } from '@churn/platform';
import type { Context } from '../context.ts';
import { materialize } from '../materialize/materialize.ts';

export function postMaterialize(context: Context): Route {
  return defineRoute({
    method: 'post',
    path: '/features/materialize',
    summary: 'Rebuild the online state of every customer from the lake, aside, and switch to it',
    role: 'data-scientist',
    answerWithinMs: Number.POSITIVE_INFINITY,
    responses: { 200: { description: 'The new generation serves', schema: materializeResult } },
    handler: async ({ principal }) => ({ body: await materialize(context, principal.projectId) }),
  });
}
