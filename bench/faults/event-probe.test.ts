import { expect, test } from '@jest/globals';
import { eventProbe, type Posted } from './event-probe.ts';

const answer = (changes: object = {}) => ({
  accepted: 1,
  repeated: 0,
  quarantined: 0,
  set_aside: [],
  position: 7,
  ...changes,
});
const AGAIN = answer({ accepted: 0, repeated: 1, position: null });

function begin() {
  const posted: Posted = { customer: 'c', source: 's', sent: new Set(), accepted: new Set() };
  const probe = eventProbe('http://x', posted);
  return { posted, probe, send: () => probe.request().body };
}

test('an event that was accepted is followed by another', () => {
  const { posted, probe, send } = begin();
  expect(probe.check(answer(), send())).toBe('answered');
  expect(probe.check(answer(), send())).toBe('answered');
  expect([posted.sent.size, posted.accepted.size]).toEqual([2, 2]);
});

test('an event without an answer is sent again as it was, and may be known by then', () => {
  const { posted, probe, send } = begin();
  const first = send();
  const second = send();
  expect(second).toEqual(first);
  expect(probe.check(AGAIN, second)).toBe('answered');
  expect([posted.sent.size, posted.accepted.size]).toEqual([1, 1]);
});

test.each([
  ['an event known that was never sent', AGAIN, 'never sent before'],
  ['none', answer({ accepted: 0 }), 'one event was sent'],
  ['two', answer({ accepted: 2 }), 'one event was sent'],
  ['one set aside', answer({ quarantined: 1 }), 'one event was sent'],
  ['a count that is none', answer({ accepted: '1' }), 'accepted'],
])('%s is wrong, and counts as accepted nowhere', (_what, body, why) => {
  const { posted, probe, send } = begin();
  expect(probe.check(body, send())).toEqual({ wrong: expect.stringContaining(why) });
  expect(posted.accepted.size).toBe(0);
});
