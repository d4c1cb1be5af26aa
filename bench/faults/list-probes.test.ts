import { expect, test } from '@jest/globals';
import { LISTS, listProbe, statusProbe } from './list-probes.ts';

const version = (n: number) => ({
  model: 'churn',
  version: n,
  stage: 'Production',
  auc: 0.7,
  baseline_auc: 0.6,
  lift_at_10: 1.3,
  created_at: '2026-03-05T10:00:00Z',
  created_by: 'somebody',
});

test('a list is right while what it listed is there, with newer ones before it or not', () => {
  const list = LISTS.find(({ path }) => path === '/models');
  if (list === undefined) throw new Error('models are not asked for');
  const probe = listProbe('http://x', list, [version(2), version(1)]);
  const worth = (versions: object[]) => probe.check({ versions }, undefined);
  expect(worth([version(2), version(1)])).toBe('answered');
  expect(worth([version(3), version(2), version(1)])).toBe('answered');

  const wrong = { wrong: expect.stringContaining('it listed') };
  expect(worth([])).toEqual(wrong);
  expect(worth([version(1)])).toEqual(wrong);
  expect(worth([version(1), version(2)])).toEqual(wrong);
  expect(worth([version(2), { ...version(1), stage: 'Archived' }])).toEqual(wrong);
  expect(worth([version(2), { ...version(1), auc: '0.7' }])).toEqual({
    wrong: expect.stringContaining('versions[1].auc'),
  });
});

test('every list takes an empty one for what the contract says, and refuses anything else', () => {
  for (const { path, items } of LISTS) {
    const key = path === '/models' ? 'versions' : 'runs';
    expect(items({ [key]: [] })).toEqual([]);
    expect(() => items({ [key]: [{}] })).toThrow();
    expect(() => items([])).toThrow();
  }
});

const status = (changes: object = {}) => ({
  generation: 1,
  complete: true,
  position: 20,
  projector_position: 20,
  compactor_position: 10,
  inbox_rows: 10,
  segments: 1,
  events: 10,
  customers: 5,
  ...changes,
});

test.each([
  ['a position that goes back', { position: 19, projector_position: 5 }, 'position was 20 already'],
  ['events that are gone', { events: 9 }, 'events was 10 already'],
  ['a reader ahead of the position', { projector_position: 21 }, 'projector_position is ahead'],
  ['features that are not complete', { complete: false }, 'are complete'],
  ['a number that is none', { segments: null }, 'segments'],
])('in the status %s is wrong', (_what, changes, why) => {
  const probe = statusProbe('http://x');
  expect(probe.check(status(), undefined)).toBe('answered');
  expect(probe.check(status(changes), undefined)).toEqual({ wrong: expect.stringContaining(why) });
  expect(probe.check(status({ position: 30 }), undefined)).toBe('answered');
});
