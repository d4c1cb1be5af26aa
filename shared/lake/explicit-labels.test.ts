import { tmpdir } from 'node:os';
import { compileSnapshotSql, compileView, isEligible } from '@churn/features';
import { contractsProject } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Duck, openDuck } from './duck.ts';

const ir = contractsProject();
const us = (text: string) => Date.parse(`${text}Z`) * 1000;
const CUT = us('2026-10-02T00:00');

let duck: Duck;
beforeAll(async () => {
  duck = await openDuck({ tempDir: tmpdir() });
  await duck.run(
    'CREATE TABLE contracts (entity_id VARCHAR, occurred_us BIGINT, position BIGINT, plan BIGINT, fee BIGINT)',
  );
  await duck.run(
    'CREATE TABLE outcomes (entity_id VARCHAR, occurred_us BIGINT, position BIGINT, churned BIGINT)',
  );
});
afterAll(() => duck.close());

interface Outcome {
  at: string;
  /** 1: left. */
  churned: number | null;
  /** After the snapshot's. */
  unknownYet?: boolean;
}

/** The row of a customer whose contract was there on the day before the cut. */
async function rowOf(outcomes: readonly Outcome[], contractAt = '2026-10-01T00:00') {
  await duck.run('DELETE FROM contracts');
  await duck.run('DELETE FROM outcomes');
  await duck.run(`INSERT INTO contracts VALUES ('c', ${us(contractAt)}, 1, 1, 500)`);
  for (const { at, churned, unknownYet } of outcomes)
    await duck.run(`INSERT INTO outcomes VALUES ('c', ${us(at)}, ${unknownYet ? 11 : 5}, ${churned})`);
  const sql = compileSnapshotSql(ir, {
    model: 'leaving',
    events: { contracts: 'contracts', outcomes: 'outcomes' },
    cuts: [BigInt(CUT)],
    upToPosition: 10n,
    label: true,
  });
  const [row] = await duck.rows<{ label: boolean; eligible: boolean }>(sql);
  return row;
}

/** Eligible as inference finds it from the online states. */
function eligibleOnline(outcomes: readonly Outcome[], contractAt = '2026-10-01T00:00'): boolean {
  const [contract, outcome] = ir.views.map(compileView);
  const out = new Float32Array(2);
  const of = (view: typeof contract, events: { at: string; fields: Record<string, number> }[]) => {
    const raw = events.map(({ at, fields }, i) => ({ position: i + 1, occurredUs: us(at), fields }));
    return view!.evaluate(view!.apply(null, raw, CUT - 1), CUT, out, 0);
  };
  const { daysSinceLast } = of(contract, [{ at: contractAt, fields: { plan: 1, fee: 500 } }]);
  const known = outcomes.filter(({ unknownYet }) => unknownYet !== true);
  of(
    outcome,
    known.map(({ at, churned }) => ({ at, fields: churned === null ? {} : { churned } })),
  );
  return isEligible(ir, { daysSinceLast, unless: out[0] ?? Number.NaN });
}

describe('at a cut, a customer with a contract', () => {
  test.each<[string, boolean, boolean, Outcome[]]>([
    ['of whom no outcome is known stays', false, true, []],
    ['who leaves within the horizon churns', true, true, [{ at: '2026-10-20T08:00', churned: 1 }]],
    ['who leaves at the very cut churns', true, true, [{ at: '2026-10-02T00:00', churned: 1 }]],
    ['who leaves as the horizon ends stays', false, true, [{ at: '2026-11-01T00:00', churned: 1 }]],
    ['who leaves just before it ends churns', true, true, [{ at: '2026-10-31T23:59', churned: 1 }]],
    ['who is said to stay stays', false, true, [{ at: '2026-10-20T00:00', churned: 0 }]],
    ['of whom it is not said stays', false, true, [{ at: '2026-10-20T00:00', churned: null }]],
    [
      'whose leaving is not known yet stays',
      false,
      true,
      [{ at: '2026-10-20T00:00', churned: 1, unknownYet: true }],
    ],
    ['who had left before is none of the population', false, false, [{ at: '2026-10-01T23:59', churned: 1 }]],
    [
      'who was said to stay and left later is in it, and churns once',
      true,
      true,
      [
        { at: '2026-09-01T00:00', churned: 0 },
        { at: '2026-10-20T00:00', churned: 1 },
        { at: '2026-10-21T00:00', churned: 1 },
      ],
    ],
  ])('%s', async (_, label, eligible, outcomes) => {
    expect(await rowOf(outcomes)).toMatchObject({ label, eligible });
    expect(eligibleOnline(outcomes)).toBe(eligible);
  });

  test('that is too old is none of the population, whoever has left', async () => {
    expect(await rowOf([], '2025-10-01T00:00')).toMatchObject({ eligible: false });
    expect(eligibleOnline([], '2025-10-01T00:00')).toBe(false);
  });
});
