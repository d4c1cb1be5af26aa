import { compileView, type ProjectIr } from '@churn/features';
import { Redis } from 'ioredis';

const DAY_US = 86_400_000_000;
const NOW_US = 20_800 * DAY_US;

/** What the online state of a customer takes, by the days on which there are purchases. */
export interface StateSize {
  days: number;
  /** Bytes of the value. */
  encoded: number;
  /** Bytes that Redis takes for it, its key included. */
  allocated: number;
}

/** The states of customers with one purchase on each of so many days, so far apart; the last one today. */
export async function measureStates(
  redisUrl: string,
  project: ProjectIr,
  customers: readonly { days: number; apart: number }[],
): Promise<StateSize[]> {
  const [view] = project.views;
  if (view === undefined) throw new Error(`${project.project} has no view`);
  const online = compileView(view);
  const redis = new Redis(redisUrl);
  try {
    const sizes: StateSize[] = [];
    for (const { days, apart } of customers) {
      const events = Array.from({ length: days }, (_, i) => ({
        position: 1_000_000 + i,
        occurredUs: NOW_US - (days - 1 - i) * apart * DAY_US,
        fields: { amount: 500 + ((i * 7_919) % 9_973), quantity: 1 + (i % 3) },
      }));
      const state = online.apply(null, events, NOW_US + 1);
      if (state === null) throw new Error('the state is empty');
      await redis.set('measured', Buffer.from(state));
      const allocated = Number(await redis.memory('USAGE', 'measured'));
      sizes.push({ days, encoded: state.length, allocated });
    }
    return sizes;
  } finally {
    await redis.del('measured');
    redis.disconnect();
  }
}
