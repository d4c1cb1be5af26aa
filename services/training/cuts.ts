import { InvalidInput } from '@churn/platform';

const DAY_US = 86_400_000_000;

export interface Cuts {
  /** Ascending; every label horizon ends on or before the test cut. */
  trainingUs: number[];
  testUs: number;
}

/**
 * The cuts of a training run, at UTC midnights. The test cut is the newest whose labels are known: its horizon has passed, by the clock and by the
 * data, which may end earlier. Training cuts lie `everyDays` apart before it, the last with its horizon ending on the test cut; cuts before the
 * first event are left out. Throws InvalidInput when the history is too short for one.
 */
export function planCuts(options: {
  nowUs: number;
  firstEventUs: number;
  lastEventUs: number;
  horizonDays: number;
  cuts: number;
  everyDays: number;
}): Cuts {
  const { nowUs, firstEventUs, lastEventUs, horizonDays, cuts, everyDays } = options;
  const known = Math.min(Math.floor(nowUs / DAY_US), Math.floor(lastEventUs / DAY_US) + 1);
  const test = known - horizonDays;
  const first = Math.floor(firstEventUs / DAY_US) + 1;
  const training = Array.from(
    { length: cuts },
    (_, k) => test - horizonDays - (cuts - 1 - k) * everyDays,
  ).filter((day) => day >= first);
  if (training.length === 0) {
    const days = known - first + 1;
    throw new InvalidInput(
      'history-too-short',
      `The events span ${days} days. A training cut and the test cut after it each need ${horizonDays} days of known labels, so at least ${2 * horizonDays + 1} days. Import more history, or shorten the label's horizon.`,
    );
  }
  return { trainingUs: training.map((day) => day * DAY_US), testUs: test * DAY_US };
}
