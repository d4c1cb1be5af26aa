import { z } from 'zod';
import { churnRisk, customerId, customerIdOr } from './identifiers.ts';

const NO_LIST = 'must be a list of 1 to 100 customer ids';
const TOO_MANY = 'has more than 100 customer ids; send them in several requests';

/** What is wrong with the body as a whole. */
function wordBody(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return 'must be an object with customer_id, or with customer_ids';
  const both = issue.code === 'unrecognized_keys' && issue.keys.some((key) => /^customer_ids?$/.test(key));
  return both ? 'has both customer_id and customer_ids; send one of them' : undefined;
}

/** One customer, or 1 to 100 in the order the answers are wanted. */
const predictOneRequest = z.strictObject(
  { customer_id: customerIdOr('is missing; send it, or customer_ids with 1 to 100 of them') },
  { error: wordBody },
);
const predictManyRequest = z.strictObject(
  { customer_ids: z.array(customerId, NO_LIST).min(1, NO_LIST).max(100, TOO_MANY) },
  { error: wordBody },
);
export const predictRequest = z.union([predictOneRequest, predictManyRequest]);

const features = z.record(z.string(), z.number().nullable());
const probability = z.number().min(0).max(1);
const served = {
  /** False for a known customer outside the project's eligible population: the score is an extrapolation. */
  eligible: z.boolean(),
  /** True when the online features were out of reach and the last stored prediction answers. */
  degraded: z.boolean(),
};

export const predictOneResponse = z.strictObject({
  customer_id: z.string(),
  churn_probability: probability,
  churn_risk: churnRisk,
  features_used: features,
  model_version: z.string(),
  model_variant: z.string(),
  prediction_id: z.uuid(),
  ...served,
  /** When the features hold, ISO 8601. */
  as_of: z.string(),
  latency_ms: z.number().min(0),
});

/** An unknown customer keeps its place: risk "unknown", 0.5, no features. */
const predictionItem = z.strictObject({
  customer_id: z.string(),
  churn_probability: probability,
  churn_risk: z.union([churnRisk, z.literal('unknown')]),
  features,
  model_version: z.string(),
  model_variant: z.string(),
  prediction_id: z.uuid(),
  ...served,
});
export const predictManyResponse = z.strictObject({
  predictions: z.array(predictionItem),
  latency_ms: z.number().min(0),
});

export type PredictOneResponse = z.infer<typeof predictOneResponse>;
export type PredictManyResponse = z.infer<typeof predictManyResponse>;
export type PredictionItem = z.infer<typeof predictionItem>;
