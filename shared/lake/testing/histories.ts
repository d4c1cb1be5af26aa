import type { OnlineEvent } from '@churn/features';
import fc from 'fast-check';

const DAY_US = 86_400_000_000;
const FIRST_DAY = 20_400;

export interface History {
  /** Positions rise in the order of arrival, which is not the order of occurrence. */
  events: OnlineEvent[];
  /** Arrivals are applied in batches that end at these shares of the history; each repeats the batch before. */
  batches: number[];
  /** From the last batch to the cut: events of this time were stored as future ones and have become due since. */
  idleUs: number;
}

export interface Scene {
  cutUs: number;
  upToPosition: number;
  histories: History[];
}

/** On a day's first instant, just before or after it, somewhere in the day, or (cut only) at an event. */
const instant = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 200 }), fc.constantFrom(-1, 0, 1))
    .map(([day, us]) => (FIRST_DAY + day) * DAY_US + us),
  fc.integer({ min: FIRST_DAY * DAY_US, max: (FIRST_DAY + 200) * DAY_US }),
);

const cents = fc.oneof(
  fc.constantFrom(0, 5000, 4999, 5001, -5000),
  fc.integer({ min: -20_000, max: 1_000_000 }),
  fc.integer({ min: 999_000_000_000, max: 1_000_000_000_000 }),
);

/** Two or three of these leave the exact integers. */
const huge = fc.constantFrom(2 ** 52, -(2 ** 52), 2 ** 53 - 2, 2 ** 51);

const fields = fc.record(
  {
    amount: fc.oneof({ arbitrary: cents, weight: 40 }, { arbitrary: huge, weight: 1 }),
    quantity: fc.integer({ min: -3, max: 20 }),
    weight: fc.integer({ min: 0, max: 1_000_000 }),
    plan: fc.integer({ min: 0, max: 2 }),
  },
  { requiredKeys: [] },
);

/** Any instants, or a few only, so that many events tie. */
const instants = fc.oneof(
  fc.constant(instant),
  fc.array(instant, { minLength: 1, maxLength: 4 }).map((few) => fc.constantFrom(...few)),
);

const history = fc
  .record({
    events: instants.chain(
      (
        occurredUs, // The default size would stop at 10, before any position that the cut leaves out.
      ) => fc.array(fc.record({ occurredUs, fields }), { maxLength: 60, size: 'max' }),
    ),
    batches: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
    idleUs: fc.constantFrom(0, 0, 1, 3_600_000_000, 40 * DAY_US),
  })
  .map(({ events, batches, idleUs }) => ({
    events: events.map((event, index) => ({ position: index * 3 + 1, ...event })),
    batches: [...batches, 1].sort((a, b) => a - b),
    idleUs,
  }));

/** Some customers and one instant: midnight, mid-day, or exactly one of the events. */
export const scene: fc.Arbitrary<Scene> = fc
  .record({
    histories: fc.array(history, { minLength: 1, maxLength: 40 }),
    instant,
    atEvent: fc.boolean(),
    pick: fc.nat(),
    upToPosition: fc.constantFrom(60, 120, 1000),
  })
  .map(({ histories, instant: free, atEvent, pick, upToPosition }) => {
    const all = histories.flatMap((one) => one.events);
    const chosen = all[pick % Math.max(1, all.length)];
    return { histories, upToPosition, cutUs: atEvent && chosen !== undefined ? chosen.occurredUs : free };
  });
