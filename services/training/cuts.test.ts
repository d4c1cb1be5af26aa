import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planCuts, planOneCut } from './cuts.ts';

const DAY = 86_400_000_000;
const day = (us: number) => new Date(us / 1000).toISOString().slice(0, 10);
const at = (date: string) => Date.parse(date) * 1000;

const plan = fc.record({
  nowUs: fc.integer({ min: at('2020-01-01'), max: at('2030-01-01') }),
  daysAgo: fc.integer({ min: 0, max: 90 }),
  span: fc.integer({ min: 1, max: 1_500 }),
  horizonDays: fc.integer({ min: 1, max: 180 }),
  cuts: fc.integer({ min: 1, max: 24 }),
  everyDays: fc.integer({ min: 1, max: 90 }),
});

describe('the cuts of a run', () => {
  test('never let a training label see past the test cut, nor a test label past what is known', () => {
    let planned = 0;
    fc.assert(
      fc.property(plan, ({ daysAgo, span, ...given }) => {
        const lastEventUs = given.nowUs - daysAgo * DAY;
        const firstEventUs = lastEventUs - span * DAY;
        const horizon = given.horizonDays * DAY;
        const options = { ...given, firstEventUs, firstLabelUs: firstEventUs, lastLabelUs: lastEventUs };
        if (span < 2 * given.horizonDays) {
          expect(() => planCuts(options)).toThrow(
            /Import more history, shorten the label's horizon, or train on one cut and judge on folds/,
          );
          return;
        }
        if (span < 2 * given.horizonDays + 2) return;
        const { trainingUs, testUs } = planCuts(options);
        planned++;
        expect(trainingUs.length).toBeGreaterThan(0);
        expect(trainingUs.length).toBeLessThanOrEqual(given.cuts);
        for (const [i, cut] of trainingUs.entries()) {
          expect(cut + horizon).toBeLessThanOrEqual(testUs);
          expect(cut).toBeGreaterThan(firstEventUs);
          expect(cut % DAY).toBe(0);
          if (i > 0) expect(cut - (trainingUs[i - 1] ?? 0)).toBe(given.everyDays * DAY);
        }
        expect(testUs % DAY).toBe(0);
        expect(testUs + horizon).toBeLessThanOrEqual(given.nowUs);
        expect(testUs + horizon).toBeLessThanOrEqual(Math.floor(lastEventUs / DAY) * DAY + DAY);
      }),
      { numRuns: 300 },
    );
    expect(planned).toBeGreaterThan(50);
  });

  test('lie a month apart before the newest cut whose label is known', () => {
    const { trainingUs, testUs } = planCuts({
      nowUs: at('1998-06-30'),
      firstEventUs: at('1997-01-01'),
      firstLabelUs: at('1997-01-01'),
      lastLabelUs: at('1998-06-30'),
      horizonDays: 90,
      cuts: 7,
      everyDays: 30,
    });
    expect(day(testUs)).toBe('1998-04-01');
    expect(trainingUs.map(day)).toEqual([
      '1997-07-05',
      '1997-08-04',
      '1997-09-03',
      '1997-10-03',
      '1997-11-02',
      '1997-12-02',
      '1998-01-01',
    ]);
  });

  test('are refused with the days there are and the days needed when the history is too short', () => {
    const short = {
      nowUs: at('2026-03-01'),
      firstEventUs: at('2026-01-01'),
      firstLabelUs: at('2026-01-01'),
      lastLabelUs: at('2026-02-28'),
      horizonDays: 30,
      cuts: 3,
      everyDays: 30,
    };
    expect(() => planCuts(short)).toThrow('The events span 59 days');
    expect(() => planCuts(short)).toThrow('at least 61 days');
    expect(planCuts({ ...short, horizonDays: 29 }).trainingUs.length).toBe(1);
  });

  test('begin when somebody is known, and labels are', () => {
    const given = { nowUs: at('2026-03-01'), horizonDays: 10, cuts: 12, everyDays: 5 };
    const known = { firstEventUs: at('2025-01-01'), lastLabelUs: at('2026-02-28') };
    const { trainingUs } = planCuts({ ...given, ...known, firstLabelUs: at('2026-01-20') });
    // A horizon from here on reaches the first label; one cut earlier there would be none.
    expect(day(trainingUs[0] ?? 0)).toBe('2026-01-15');
    expect(day((trainingUs[0] ?? 0) + 10 * DAY)).toBe('2026-01-25');
  });
});

describe('the one cut of a run that is judged on folds', () => {
  const table = {
    nowUs: at('2026-11-24'),
    firstEventUs: at('2026-10-01'),
    firstLabelUs: at('2026-11-01'),
    lastLabelUs: at('2026-11-01'),
    horizonDays: 31,
  };

  test('is the newest whose labels are known, after the attributes and before the outcomes', () => {
    const { trainingUs, testUs } = planOneCut(table);
    expect(trainingUs.map(day)).toEqual(['2026-10-02']);
    expect(testUs).toBeNull();
  });

  test('waits until the day of the outcomes has passed', () => {
    expect(() => planOneCut({ ...table, nowUs: at('2026-11-01') + DAY / 2 })).toThrow(
      'Labels are known up to 2026-11-01',
    );
  });

  test('is refused where the horizon is longer than attributes and outcomes lie apart', () => {
    expect(() => planOneCut({ ...table, horizonDays: 32 })).toThrow(
      "Labels are known up to 2026-11-02, so the newest cut with 32 days of them is 2026-10-01; but there are customers and labels only for cuts from 2026-10-02 on. Import labels of a later time or attributes of an earlier one, or shorten the label's horizon.",
    );
  });
});
