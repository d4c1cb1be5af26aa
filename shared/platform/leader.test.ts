import { createTestDatabase, eventually, openRelay, type TestDatabase } from '@churn/testing';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { lead } from './leader.ts';
import { capturedLog } from './testing/captured-log.ts';

let database: TestDatabase;
const leaders: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const leader of leaders.splice(0)) await leader.close();
});
afterAll(() => database.drop());

const terminate = () =>
  database.pool.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'churn-leader-nightly' AND datname = current_database()
     AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)`,
  );

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });

/** A process that would lead; its turns are the signals that its work was given. */
function candidate(work: (signal: AbortSignal) => Promise<void> = aborted, url = database.url) {
  const turns: AbortSignal[] = [];
  const { log, lines } = capturedLog();
  const leader = lead(url, 'nightly', log, (signal) => {
    turns.push(signal);
    return work(signal);
  });
  leaders.push(leader);
  return { ...leader, turns, lines };
}

test('one leads at a time, and the next one when it closes', async () => {
  const first = candidate();
  await eventually(() => first.turns.length === 1);
  const relay = await openRelay(database.url);
  const second = candidate(aborted, relay.url);
  await relay.clientLeft;
  expect(second.turns).toEqual([]);
  await first.close();
  expect(first.turns[0]?.aborted).toBe(true);
  await eventually(() => second.turns.length === 1);
  expect(first.turns).toHaveLength(1);
  await second.close();
  await relay.close();
});

test('whose connection dies is told to stop, and another leads', async () => {
  const first = candidate();
  await eventually(() => first.turns.length === 1);
  const second = candidate();
  await terminate();
  await eventually(() => first.turns[0]?.aborted);
  await eventually(() => first.turns.length + second.turns.length === 2);
});

test('whose server says nothing any more is told to stop within 10 s', async () => {
  jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'setImmediate', 'queueMicrotask'] });
  const relay = await openRelay(database.url);
  const leader = candidate(aborted, relay.url);
  await eventually(() => leader.turns.length === 1);
  relay.freeze();
  await jest.advanceTimersByTimeAsync(10_000);
  expect(leader.turns[0]?.aborted).toBe(true);
  await relay.close();
  jest.useRealTimers();
});

test('work that throws is named in the log and begun again', async () => {
  let turn = 0;
  const leader = candidate((signal) =>
    ++turn === 1 ? Promise.reject(new Error('no lake')) : aborted(signal),
  );
  await eventually(() => leader.turns.length === 2);
  expect(leader.lines[0]).toMatchObject({
    level: 'warn',
    message: 'leadership lost',
    lock: 'nightly',
    error: expect.stringContaining('no lake'),
  });
});

test('a close waits for the work to end', async () => {
  let ended = false;
  const leader = candidate(async (signal) => {
    await aborted(signal);
    await new Promise(setImmediate);
    ended = true;
  });
  await eventually(() => leader.turns.length === 1);
  await leader.close();
  expect(ended).toBe(true);
});
