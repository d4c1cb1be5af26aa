import { expect, test } from '@jest/globals';
import { nextDelay, RESTARTS } from './keep-running.ts';

const NOW = 1_000_000;
const endsAgo = (...ms: number[]) => ms.map((ago) => NOW - ago);

test('each end within the window doubles the wait, up to the bound', () => {
  expect(nextDelay(1, [], NOW, RESTARTS)).toBe(200);
  expect(nextDelay(1, endsAgo(100, 50), NOW, RESTARTS)).toBe(800);
  expect(nextDelay(1, endsAgo(4, 3, 2, 1), NOW, { ...RESTARTS, maxDelayMs: 1_000 })).toBe(1_000);
});

test('one end too many within the window is given up; ends before the window are forgotten', () => {
  expect(nextDelay(1, endsAgo(5, 4, 3, 2, 1), NOW, RESTARTS)).toBeNull();
  expect(nextDelay(1, endsAgo(60_005, 60_004, 60_003, 60_002, 60_001), NOW, RESTARTS)).toBe(200);
});

test('wrong settings (exit code 78) are not tried again', () => {
  expect(nextDelay(78, [], NOW, RESTARTS)).toBeNull();
});
