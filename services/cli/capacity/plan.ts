import { FIGURES, type Figures } from './figures.ts';
import type { Demand, Need } from './need.ts';
import { batch, night, snapshot } from './nightly.ts';
import { inference, ingestion, onlineStore } from './serving.ts';
import { identities, lake, postgres, predictions } from './storage.ts';

const PARTS = [
  inference,
  onlineStore,
  ingestion,
  snapshot,
  batch,
  night,
  predictions,
  identities,
  postgres,
  lake,
] as const;

/** What the platform needs for a demand: straight lines through what was measured with 200,000 to 1,000,000 customers. */
export function planCapacity(demand: Demand, figures: Figures = FIGURES): Need[] {
  return PARTS.map((part) => part(demand, figures));
}

/** For people: each need, and under it where it comes from. */
export function describeNeeds(needs: readonly Need[]): string {
  const lines = needs.map(({ part, needs: what, because }) => [
    part.padEnd(24) + what,
    ' '.repeat(24) + because,
  ]);
  return lines.flat().join('\n');
}
