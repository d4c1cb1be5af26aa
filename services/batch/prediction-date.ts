import { InvalidInput } from '@churn/platform';

const DAY_MS = 86_400_000;

/** The UTC day of an instant (ms), YYYY-MM-DD. */
export function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/**
 * The instant (microseconds since 1970) that a run for a day looks from: now for today; for a day that is over its end, so that the
 * day's own events count. Throws InvalidInput for a day that has not come.
 */
export function asOfUs(predictionDate: string, nowMs: number): number {
  const startMs = Date.parse(`${predictionDate}T00:00:00Z`);
  if (startMs > nowMs) {
    throw new InvalidInput(
      'prediction-date-ahead',
      `prediction_date ${predictionDate} has not come: today is ${utcDay(nowMs)} (UTC). Give today or a day before.`,
    );
  }
  return Math.min(nowMs, startMs + DAY_MS) * 1000;
}

/** Refuses a day at whose end no event had occurred: its run would leave a day without predictions in the tables for good. Throws InvalidInput. */
export function requireEvents(
  source: string,
  predictionDate: string,
  asOf: number,
  firstUs: number | null,
): void {
  if (firstUs === null)
    throw new InvalidInput(
      'events-missing',
      `Source ${source} has no events yet, so there is nobody to score: churn import <file> --source ${source}.`,
    );
  if (firstUs < asOf) return;
  const first = utcDay(firstUs / 1000);
  throw new InvalidInput(
    'prediction-date-before-events',
    `prediction_date ${predictionDate} lies before the first event of source ${source}, on ${first}: there was nobody to score. Give ${first} or a later day, or import older events first.`,
  );
}
