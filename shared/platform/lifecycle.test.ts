import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Closer, within } from './lifecycle.ts';
import { capturedLog } from './testing/captured-log.ts';

const never = () => new Promise<void>(() => {});

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function closerOf(steps: Record<string, () => unknown>) {
  const { log, lines } = capturedLog();
  const closer = new Closer(log);
  const closed: string[] = [];
  for (const [name, close] of Object.entries(steps))
    closer.add(name, () => {
      closed.push(name);
      return close();
    });
  return { closer, closed, failures: () => lines.map(({ step, error }) => `${step}: ${error}`) };
}

describe('a closer', () => {
  test('closes the newest first, each after the one before it has ended', async () => {
    const order: string[] = [];
    const step = (name: string) => async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
    };
    const { closer } = closerOf({ pool: step('pool'), http: step('http') });
    await closer.close();
    expect(order).toEqual(['http begins', 'http ends', 'pool begins', 'pool ends']);
  });

  test('closes once, however often it is asked', async () => {
    const { closer, closed } = closerOf({ pool: async () => {} });
    await Promise.all([closer.close(), closer.close()]);
    await closer.close();
    expect(closed).toEqual(['pool']);
  });

  test('closes the rest when one step fails, and names that step', async () => {
    const { closer, closed, failures } = closerOf({
      pool: () => {},
      redis: () => Promise.reject(new Error('gone')),
      http: () => {
        throw new Error('never listened');
      },
    });
    await closer.close();
    expect(closed).toEqual(['http', 'redis', 'pool']);
    expect(failures()).toEqual([
      expect.stringMatching(/^http: Error: never listened/),
      expect.stringMatching(/^redis: Error: gone/),
    ]);
  });

  test('closes the rest when one step hangs, and names that step', async () => {
    const { closer, closed, failures } = closerOf({ pool: () => {}, queue: never });
    const closing = closer.close();
    await jest.advanceTimersByTimeAsync(8_000);
    await closing;
    expect(closed).toEqual(['queue', 'pool']);
    expect(failures()).toEqual([
      expect.stringMatching(/^queue: Error: closing queue took longer than 8000 ms/),
    ]);
  });

  test('comes to the last step within the 10 s of its process, however many hang', async () => {
    const { closer, closed } = closerOf({ pool: () => {}, a: never, b: never, c: never, d: never, e: never });
    const closing = closer.close();
    await jest.advanceTimersByTimeAsync(9_500);
    await closing;
    expect(closed).toEqual(['e', 'd', 'c', 'b', 'a', 'pool']);
  });
});

describe('within', () => {
  test('gives what the work gives, and leaves no timer behind', async () => {
    expect(await within(1_000, Promise.resolve(42), 'asking')).toBe(42);
    await expect(within(1_000, Promise.reject(new Error('no')), 'asking')).rejects.toThrow('no');
    expect(jest.getTimerCount()).toBe(0);
  });

  test('says what took too long', async () => {
    const late = expect(within(1_000, never(), 'asking')).rejects.toThrow('asking took longer than 1000 ms');
    await jest.advanceTimersByTimeAsync(1_000);
    await late;
  });
});
