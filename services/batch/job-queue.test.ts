import { createLogger } from '@churn/platform';
import { createTestRedis, eventually, type TestRedis } from '@churn/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createProducer, createWorker, type QueueDefinition } from './job-queue.ts';

const log = createLogger('test', 'fatal');
const parts: { close(): Promise<void> }[] = [];
let redis: TestRedis;
let queues = 0;

beforeAll(async () => {
  redis = await createTestRedis();
});
afterEach(async () => {
  for (const part of parts.splice(0)) await part.close();
});
afterAll(() => redis.stop());

/** A queue that no other test uses. */
function numbers(changes: { attempts?: number } = {}) {
  queues++;
  return {
    name: `numbers-${queues}`,
    schema: z.object({ n: z.number() }),
    attempts: 1,
    backoffMs: 1,
    ...changes,
  } satisfies QueueDefinition;
}

type Numbers = ReturnType<typeof numbers>;

function producerOf(queue: Numbers, answerMs?: number) {
  const producer = createProducer(queue, redis.url, { log, ...(answerMs === undefined ? {} : { answerMs }) });
  parts.push(producer);
  return producer;
}

/** Works the queue with one job at a time, in order. */
function work(queue: Numbers, handle: (n: number) => Promise<void> | void) {
  const worker = createWorker(queue, redis.url, {
    concurrency: 1,
    log,
    handle: async ({ n }) => handle(n),
  });
  parts.push(worker);
  return worker;
}

test('gives jobs in the order they were added, an id that waits only once', async () => {
  const queue = numbers();
  const producer = producerOf(queue);
  await producer.add([
    { id: 'a', data: { n: 1 } },
    { id: 'b', data: { n: 2 } },
    { id: 'a', data: { n: 3 } },
  ]);
  await producer.add([{ id: 'b', data: { n: 4 } }]);
  expect(await producer.depth()).toMatchObject({ waiting: 2, active: 0 });
  await producer.add([{ id: 'last', data: { n: 5 } }]);

  const seen: number[] = [];
  work(queue, (n) => void seen.push(n));
  await eventually(() => seen.includes(5));
  expect(seen).toEqual([1, 2, 5]);
  expect(await producer.depth()).toEqual({ waiting: 0, active: 0, oldestSeconds: 0 });
});

test('an id that was worked may be added again', async () => {
  const queue = numbers();
  const producer = producerOf(queue);
  const seen: number[] = [];
  work(queue, (n) => void seen.push(n));
  for (const n of [1, 2]) {
    await producer.add([{ id: 'a', data: { n } }]);
    await eventually(async () => {
      const { waiting, active } = await producer.depth();
      return seen.length === n && waiting + active === 0;
    });
  }
  expect(seen).toEqual([1, 2]);
});

test('a job that fails is tried as often as its queue says, and no more', async () => {
  const queue = numbers({ attempts: 3 });
  const producer = producerOf(queue);
  const seen: number[] = [];
  work(queue, (n) => {
    seen.push(n);
    if (n === 1) throw new Error('not this one');
  });
  await producer.add([{ id: 'bad', data: { n: 1 } }]);
  await eventually(() => seen.length === 3);
  await producer.add([{ id: 'good', data: { n: 2 } }]);
  await eventually(() => seen.includes(2));
  expect(seen).toEqual([1, 1, 1, 2]);
});

test('a job of another shape never reaches the handler', async () => {
  const queue = numbers();
  const others = createProducer({ ...queue, schema: z.object({ text: z.string() }) }, redis.url, { log });
  parts.push(others);
  const producer = producerOf(queue);
  const seen: unknown[] = [];
  await others.add([{ id: 'other', data: { text: 'one' } }]);
  await producer.add([{ id: 'own', data: { n: 1 } }]);
  work(queue, (n) => void seen.push(n));
  await eventually(() => seen.length > 0);
  expect(seen).toEqual([1]);
});

test('close lets the running job end, and gives out no other', async () => {
  const queue = numbers();
  const producer = producerOf(queue);
  await producer.add([1, 2].map((n) => ({ id: `job-${n}`, data: { n } })));
  const events: string[] = [];
  let begun = () => {};
  const running = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let end = () => {};
  const mayEnd = new Promise<void>((resolve) => {
    end = resolve;
  });
  const worker = work(queue, async (n) => {
    events.push(`began ${n}`);
    begun();
    await mayEnd;
    events.push(`ended ${n}`);
  });
  await running;
  const closed = worker.close().then(() => events.push('closed'));
  end();
  await closed;
  expect(events).toEqual(['began 1', 'ended 1', 'closed']);
  expect(await producer.depth()).toMatchObject({ waiting: 1, active: 0 });
});

test('adding says which queue does not answer when Redis is away, and works again when it is back', async () => {
  const queue = numbers();
  const producer = producerOf(queue, 50);
  await redis.stop();
  await expect(producer.add([{ id: 'a', data: { n: 1 } }])).rejects.toThrow(
    `The queue ${queue.name} did not answer within 50 ms: is its Redis there?`,
  );
  await redis.start();
  await eventually(() => producer.depth());
});
