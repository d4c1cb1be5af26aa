import { randomUUID } from 'node:crypto';
import type { PredictionItem, PredictManyResponse, PredictOneResponse } from '@churn/contracts';
import { riskOf } from '@churn/model';
import { NotFound, Unavailable } from '@churn/platform';
import type { Champion } from './champion.ts';
import type { Prediction } from './data-plane.ts';
import type { Outcome } from './score.ts';

/** Which model answers is a single champion so far. */
const VARIANT = 'champion';

/** The answer for one customer. Throws NotFound for an unknown one, Unavailable when nothing is known within reach. */
export function respondOne(
  { champion, outcomes }: Prediction,
  customerId: string,
  startedMs: number,
): PredictOneResponse {
  const outcome = outcomes[0] ?? { kind: 'unknown' };
  if (outcome.kind === 'unknown')
    throw new NotFound(
      'customer-unknown',
      `Customer "${customerId}" is not known in project ${champion.projectId}: no event of theirs has been seen.`,
    );
  if (outcome.kind === 'unavailable')
    throw new Unavailable(
      'features-unavailable',
      `The online features are out of reach and customer "${customerId}" has no stored prediction. Try again shortly.`,
      2,
    );
  return {
    customer_id: customerId,
    churn_probability: outcome.probability,
    churn_risk: riskOf(outcome.probability, champion.thresholds),
    features_used: featuresOf(champion, outcome),
    ...servedBy(champion, outcome),
    as_of: new Date(outcome.asOfMs).toISOString(),
    latency_ms: elapsed(startedMs),
  };
}

/** The answers for many, in the order asked; whoever is unknown or out of reach keeps their place. */
export function respondMany(
  { champion, outcomes }: Prediction,
  ids: readonly string[],
  startedMs: number,
): PredictManyResponse {
  const predictions = outcomes.map((outcome, index) => itemOf(champion, outcome, ids[index] ?? ''));
  return { predictions, latency_ms: elapsed(startedMs) };
}

function itemOf(champion: Champion, outcome: Outcome, customerId: string): PredictionItem {
  const scored = outcome.kind === 'scored' || outcome.kind === 'stored';
  return {
    customer_id: customerId,
    churn_probability: scored ? outcome.probability : 0.5,
    churn_risk: scored ? riskOf(outcome.probability, champion.thresholds) : 'unknown',
    features: featuresOf(champion, outcome),
    ...servedBy(champion, outcome),
  };
}

function servedBy(champion: Champion, outcome: Outcome) {
  return {
    model_version: outcome.kind === 'stored' ? outcome.model : champion.label,
    model_variant: VARIANT,
    prediction_id: randomUUID(),
    eligible: outcome.kind === 'scored' || outcome.kind === 'stored' ? outcome.eligible : false,
    degraded: outcome.kind === 'stored' || outcome.kind === 'unavailable',
  };
}

/** Values by feature name; null where there is none. Stored predictions carry no features. */
function featuresOf(champion: Champion, outcome: Outcome): Record<string, number | null> {
  if (outcome.kind !== 'scored') return {};
  const features: Record<string, number | null> = {};
  for (let i = 0; i < champion.featureNames.length; i++) {
    const value = outcome.values[i] ?? Number.NaN;
    features[champion.featureNames[i] ?? ''] = Number.isNaN(value) ? null : value;
  }
  return features;
}

/** Milliseconds since `startedMs` of performance.now(), to the microsecond. */
function elapsed(startedMs: number): number {
  return Math.round((performance.now() - startedMs) * 1000) / 1000;
}
