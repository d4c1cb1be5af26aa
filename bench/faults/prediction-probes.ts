import { type PredictionItem, predictManyResponse, predictOneResponse } from '@churn/contracts';
import { z } from 'zod';
import type { Probe, Worth } from './probe.ts';

/** What a batch run stored of a customer. */
export interface StoredPrediction {
  customer_id: string;
  churn_probability: number;
  churn_risk: string;
  eligible: boolean;
  model_version: string;
}

/** Nobody has this id. */
export const NOBODY = 'nobody-has-this-id';
/** Predictions are stored as real. */
const CLOSE = 1e-6;
const AT_ONCE = 3;

/**
 * POST /predict for customers whose stored prediction is known: the same model on the same events gives the same one, until a day ends and
 * windows move.
 */
export function predictionProbes(url: string, known: readonly StoredPrediction[]): Probe[] {
  let turn = 0;
  const next = () => known[turn++ % known.length]?.customer_id ?? '';
  const probe = { service: 'inference', needs: [], status: 200 } as const;
  return [
    {
      ...probe,
      name: 'POST /predict',
      request: () => ({ url: `${url}/predict`, body: { customer_id: next() } }),
      check: (body, sent) => checkOne(body, sent, known),
    },
    {
      ...probe,
      name: 'POST /predict of several',
      request: () => ({
        url: `${url}/predict`,
        body: { customer_ids: [...Array.from({ length: AT_ONCE }, next), NOBODY] },
      }),
      check: (body, sent) => checkMany(body, sent, known),
    },
  ];
}

function checkOne(body: unknown, sent: unknown, known: readonly StoredPrediction[]): Worth {
  const answer = predictOneResponse.safeParse(body);
  if (!answer.success) return { wrong: z.prettifyError(answer.error) };
  const { features_used: features, ...item } = answer.data;
  const { customer_id: asked } = z.object({ customer_id: z.string() }).parse(sent);
  return checkItem({ ...item, features }, asked, known);
}

function checkMany(body: unknown, sent: unknown, known: readonly StoredPrediction[]): Worth {
  const answer = predictManyResponse.safeParse(body);
  if (!answer.success) return { wrong: z.prettifyError(answer.error) };
  const { customer_ids: asked } = z.object({ customer_ids: z.array(z.string()) }).parse(sent);
  const { predictions } = answer.data;
  if (predictions.length !== asked.length)
    return { wrong: `${asked.length} asked for, ${predictions.length} answered` };
  const worths = predictions.map((item, index) => checkItem(item, asked[index] ?? '', known));
  return (
    worths.find((worth) => typeof worth !== 'string') ?? worths.find((w) => w === 'degraded') ?? 'answered'
  );
}

type Item = Omit<PredictionItem, 'model_variant' | 'prediction_id'>;

function checkItem(item: Item, asked: string, known: readonly StoredPrediction[]): Worth {
  if (item.customer_id !== asked) return { wrong: `asked for ${asked}, answered ${item.customer_id}` };
  const worth = item.degraded ? 'degraded' : 'answered';
  const stored = known.find(({ customer_id }) => customer_id === asked);
  if (stored === undefined) return item.churn_risk === 'unknown' ? worth : { wrong: `${asked} is not known` };
  if (Math.abs(item.churn_probability - stored.churn_probability) > CLOSE)
    return { wrong: `the probability of ${asked} is ${stored.churn_probability}` };
  for (const field of ['churn_risk', 'eligible', 'model_version'] as const)
    if (item[field] !== stored[field]) return { wrong: `${field} of ${asked} is ${stored[field]}` };
  // A stored prediction has no features.
  if (!item.degraded && Object.keys(item.features).length === 0) return { wrong: 'no features' };
  return worth;
}
