import { predictManyResponse } from '@churn/contracts';
import { eventually } from '@churn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Service } from './service.ts';
import { createWorld, type World } from './testing/world.ts';

const VERSIONS = 5;
const CONNECTIONS = 16;
const IDS = Array.from({ length: 100 }, (_, i) => `c${i}`);

let world: World;
let service: Service;

beforeAll(async () => {
  world = await createWorld();
  await world.fill(100);
  await world.promote(marginsOf(1));
  service = await world.start();
});
afterAll(() => world.close());

/** Each version gives everyone a probability of its own, so that an answer shows which model made it. */
function marginsOf(version: number): readonly [number, number] {
  return [version / 10, version / 10];
}
const probabilityOf = (version: number) => 1 / (1 + Math.exp(-version / 10));

interface Tally {
  answers: Map<number, number>;
  faults: string[];
  stop: boolean;
}

/** Asks for everyone again and again; notes each answer that failed, mixed two models or names another than made it. */
async function askOn(tally: Tally): Promise<void> {
  while (!tally.stop) {
    const response = await fetch(`${service.url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customer_ids: IDS }),
      signal: AbortSignal.timeout(10_000),
    });
    const body: unknown = await response.json();
    if (response.status === 200) note(tally, body);
    else tally.faults.push(JSON.stringify(body));
  }
}

function note(tally: Tally, body: unknown): void {
  const { predictions } = predictManyResponse.parse(body);
  // A machine so busy that Redis takes more than 200 ms gives degraded answers, which say so; they have no part in this.
  if (predictions.every(({ degraded }) => degraded)) return;
  const labels = new Set(predictions.map((item) => item.model_version));
  const scores = new Set(predictions.map((item) => item.churn_probability));
  const version = Number([...labels][0]?.split('/')[1]);
  const [score = Number.NaN] = scores;
  if (labels.size !== 1 || scores.size !== 1 || Math.abs(score - probabilityOf(version)) > 1e-6)
    tally.faults.push(`${[...labels]} gave ${[...scores]}`);
  tally.answers.set(version, (tally.answers.get(version) ?? 0) + 1);
}

test('a promotion under load fails no request, and no answer mixes two models', async () => {
  const tally: Tally = { answers: new Map(), faults: [], stop: false };
  const asking = Promise.all(Array.from({ length: CONNECTIONS }, () => askOn(tally)));
  try {
    for (let version = 2; version <= VERSIONS; version++) {
      await eventually(async () => (tally.answers.get(version - 1) ?? 0) > CONNECTIONS, {
        timeoutMs: 20_000,
      });
      expect(await world.promote(marginsOf(version))).toBe(version);
    }
    await eventually(async () => (tally.answers.get(VERSIONS) ?? 0) > CONNECTIONS, { timeoutMs: 20_000 });
  } finally {
    tally.stop = true;
    await asking;
  }
  expect(tally.faults).toEqual([]);
  expect([...tally.answers.keys()].sort()).toEqual([1, 2, 3, 4, 5]);
});

test('the check above sees an answer that mixes two models', () => {
  const item = (version: number) => ({
    customer_id: 'c1',
    churn_probability: probabilityOf(version),
    churn_risk: 'low',
    features: {},
    model_version: `churn/${version}`,
    model_variant: 'champion',
    prediction_id: '00000000-0000-4000-8000-000000000000',
    eligible: true,
    degraded: false,
  });
  const tally: Tally = { answers: new Map(), faults: [], stop: false };
  note(tally, { predictions: [item(1), item(2)], latency_ms: 1 });
  note(tally, { predictions: [{ ...item(2), churn_probability: probabilityOf(1) }], latency_ms: 1 });
  expect(tally.faults).toHaveLength(2);
});
