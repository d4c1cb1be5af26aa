import { expect, test } from '@jest/globals';
import { type Account, discrepancies } from './account.ts';

const account = (changes: Partial<Account> = {}): Account => ({
  posted: { customer: 'c', source: 's', sent: new Set(['a', 'b', 'late']), accepted: new Set(['a', 'b']) },
  stored: ['a', 'b'],
  lake: ['b', 'a'],
  online: 2,
  ...changes,
  lakeAmount: changes.lakeAmount ?? (changes.lake ?? ['b', 'a']).length,
  onlineAmount: changes.onlineAmount ?? changes.online ?? 2,
});

test('events that are once everywhere add up, and so does one that was stored and not answered', () => {
  expect(discrepancies(account())).toEqual([]);
  const withLate = { stored: ['a', 'b', 'late'], lake: ['a', 'b', 'late'], online: 3 };
  expect(discrepancies(account(withLate))).toEqual([]);
});

test.each([
  [
    'accepted and not stored',
    { stored: ['a'], lake: ['a'], online: 1 },
    '1 events answered with 202 have no identity in Postgres, the first of them b',
  ],
  ['not in the lake', { lake: ['a'] }, '1 events with an identity are not in the lake, the first of them b'],
  [
    'twice in the lake',
    { lake: ['a', 'b', 'b'] },
    '1 events are in the lake more than once, the first of them b',
  ],
  [
    'in the lake and nowhere else',
    { lake: ['a', 'b', 'x'] },
    '1 events of the lake have no identity, the first of them x',
  ],
  ['not counted online', { online: 1 }, 'the online state counts 1 events of the customer, 2 are stored'],
  ['counted twice online', { online: 3 }, 'the online state counts 3 events of the customer, 2 are stored'],
  ['of another amount in the lake', { lakeAmount: 1 }, '2 events of 1 each amount to 1 in the lake'],
  ['of another amount online', { onlineAmount: 14 }, '2 events of 1 each amount to 14 in the online state'],
])('an event that is %s does not add up', (_what, changes, says) => {
  expect(discrepancies(account(changes))).toEqual([says]);
});
