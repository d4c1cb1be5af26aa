import { predictManyResponse, predictOneResponse, predictRequest } from '@churn/contracts';
import { ChurnError, defineRoute, type Route } from '@churn/platform';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { respondMany, respondOne } from '../respond.ts';

/** POST /predict: one customer, or 1 to 100 of them. */
export function predict({ dataPlane, metrics }: Context): Route {
  return defineRoute({
    method: 'post',
    path: '/predict',
    summary: 'Churn probability of one customer, or of up to 100',
    description:
      'One unknown customer is a 404. Of many, an unknown one keeps its place with risk "unknown". While online features are out of reach the last stored prediction answers, marked as degraded.',
    role: 'caller',
    body: predictRequest,
    responses: {
      200: {
        description: 'The prediction, or the predictions in the order asked',
        schema: z.union([predictOneResponse, predictManyResponse]),
      },
      404: { description: 'The customer is not known' },
      422: { description: 'No customer, more than 100, or something else in the body' },
      503: {
        description:
          'No model serves, too much is waiting, or nothing is known within reach; see Retry-After',
      },
    },
    accessLog: false,
    // Its stores have limits of their own, far below a route's.
    answerWithinMs: Number.POSITIVE_INFINITY,
    handler: async ({ body, principal }) => {
      const startedMs = performance.now();
      const ids = 'customer_id' in body ? [body.customer_id] : body.customer_ids;
      metrics.requested(ids.length);
      try {
        const prediction = await dataPlane.predict(principal.projectId, ids);
        const ofKind = (wanted: string) => prediction.outcomes.filter(({ kind }) => kind === wanted).length;
        metrics.degraded(ofKind('stored'));
        const answer =
          'customer_id' in body
            ? respondOne(prediction, body.customer_id, startedMs)
            : respondMany(prediction, body.customer_ids, startedMs);
        // A single customer out of reach is a 503, counted below.
        metrics.failed(ofKind('unavailable'));
        metrics.answered((performance.now() - startedMs) / 1000);
        return { body: answer };
      } catch (error) {
        if (!(error instanceof ChurnError) || error.status >= 500) metrics.failed(ids.length);
        throw error;
      }
    },
  });
}
