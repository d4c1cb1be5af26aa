import { describe, expect, test } from '@jest/globals';
import { loadBatchConfig } from './config.ts';
import { asOfUs, utcDay } from './prediction-date.ts';
import { latestFiring } from './schedule.ts';

const at = (text: string) => Date.parse(text);

describe('the latest firing of a pattern', () => {
  test('is of today once its time has come, to the second', () => {
    expect(latestFiring('0 2 * * *', at('2026-03-05T02:00:00Z'))).toBe(at('2026-03-05T02:00:00Z'));
    expect(latestFiring('0 2 * * *', at('2026-03-05T01:59:59.999Z'))).toBe(at('2026-03-04T02:00:00Z'));
    expect(latestFiring('0 2 * * *', at('2026-03-05T23:00:00Z'))).toBe(at('2026-03-05T02:00:00Z'));
  });

  test('keeps to UTC across the days on which clocks elsewhere change', () => {
    expect(latestFiring('0 2 * * *', at('2026-03-29T12:00:00Z'))).toBe(at('2026-03-29T02:00:00Z'));
  });

  test.each(['nonsense', '61 2 * * *', ' '])('"%s" is refused with the reason and an example', (pattern) => {
    const env = {
      REDIS_URL: 'redis://127.0.0.1:9',
      LAKE_URL: 'file:///nowhere',
      CHURN_BATCH_SCHEDULE: pattern,
    };
    // With everything else that is wrong.
    expect(() => loadBatchConfig(env)).toThrow(
      /DATABASE_URL: is required[\s\S]*CHURN_BATCH_SCHEDULE: expected a cron pattern such as 0 2 \* \* \* \(/,
    );
  });
});

describe('the instant a run looks from', () => {
  const now = at('2026-03-05T10:30:00Z');

  test('is now for today and the end of the day for a day that is over', () => {
    expect(asOfUs('2026-03-05', now)).toBe(now * 1000);
    expect(asOfUs('2026-03-01', now)).toBe(at('2026-03-02T00:00:00Z') * 1000);
    expect(utcDay(now)).toBe('2026-03-05');
  });

  test('does not exist for a day that has not come', () => {
    expect(() => asOfUs('2026-03-06', now)).toThrow(/2026-03-06 has not come/);
  });
});
