import { InvalidInput } from '@churn/platform';

const DAY_US = 86_400_000_000;

interface HeldOut {
  /** Ascending; every label horizon ends on or before the test cut. */
  trainingUs: number[];
  testUs: number;
}

/** A later cut is held out whole; or the model is judged on folds of its one cut. */
export type Cuts = HeldOut | { trainingUs: [number]; testUs: null };

interface History {
  nowUs: number;
  /** The first event that customers are known by. */
  firstEventUs: number;
  /** First and last event of the label's source: since when, and how far, it is known who churned. */
  firstLabelUs: number;
  lastLabelUs: number;
  horizonDays: number;
}

/**
 * The cuts of a training run, at UTC midnights. The test cut is the newest whose labels are known: its horizon has passed, by the clock and by the
 * data, which may end earlier. Training cuts lie `everyDays` apart before it, the last with its horizon ending on the test cut; cuts before the
 * first event, and those whose horizon ends before labels begin, are left out. Throws InvalidInput when the history is too short for one.
 */
export function planCuts(options: History & { cuts: number; everyDays: number }): HeldOut {
  const { horizonDays, cuts, everyDays } = options;
  const { first, newest: test, known } = usableDays(options);
  const training = Array.from(
    { length: cuts },
    (_, k) => test - horizonDays - (cuts - 1 - k) * everyDays,
  ).filter((day) => day >= first);
  if (training.length === 0) {
    const days = known - first + 1;
    throw new InvalidInput(
      'history-too-short',
      `The events span ${days} days. A training cut and the test cut after it each need ${horizonDays} days of known labels, so at least ${2 * horizonDays + 1} days. Import more history, shorten the label's horizon, or train on one cut and judge on folds of its customers: training: { cuts: 1, validation: { folds: 5 } }.`,
    );
  }
  return { trainingUs: training.map((day) => day * DAY_US), testUs: test * DAY_US };
}

/** The newest cut whose labels are known, to be trained and judged on by folds. Throws InvalidInput when nobody is known before it. */
export function planOneCut(history: History): Cuts {
  const { first, newest } = usableDays(history);
  if (newest >= first) return { trainingUs: [newest * DAY_US], testUs: null };
  const day = (at: number) => new Date((at * DAY_US) / 1000).toISOString().slice(0, 10);
  throw new InvalidInput(
    'history-too-short',
    `Labels are known up to ${day(newest + history.horizonDays)}, so the newest cut with ${history.horizonDays} days of them is ${day(newest)}; but there are customers and labels only for cuts from ${day(first)} on. Import labels of a later time or attributes of an earlier one, or shorten the label's horizon.`,
  );
}

/** In days: the first cut that has customers and labels, the newest whose labels are known, and up to when they are. */
function usableDays({ nowUs, firstEventUs, firstLabelUs, lastLabelUs, horizonDays }: History) {
  const day = (us: number) => Math.floor(us / DAY_US);
  const known = Math.min(day(nowUs), day(lastLabelUs) + 1);
  const first = Math.max(day(firstEventUs) + 1, day(firstLabelUs) + 1 - horizonDays);
  return { known, newest: known - horizonDays, first };
}
