import { z } from 'zod';
import { churnRisk, customerId } from './identifiers.ts';

/** One customer, or 1 to 100 in the order the answers are wanted. */
export const predictOneRequest = z.strictObject({ customer_id: customerId });
export const predictManyRequest = z.strictObject({ customer_ids: z.array(customerId).min(1).max(100) });
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
export const predictionItem = z.strictObject({
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
