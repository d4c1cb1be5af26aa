import { z } from 'zod';

/** Says which generation of states is complete. Absent: none is, and nobody may conclude anything from a missing state. */
export const onlineMark = z.strictObject({
  /** Never used twice in a project's life, also not after the store was emptied. */
  generation: z.int().min(1),
  /** The generation was built from all events up to this position; the projector has added later ones since. */
  position: z.int().min(0),
  /** Hash of the definitions that were current when it was built. */
  definitions_hash: z.string(),
  /** Views that the generation holds, `name@version`. */
  views: z.array(z.string()),
  built_at: z.iso.datetime(),
  /** Customers at the time of building. */
  customers: z.int().min(0),
});
export type OnlineMark = z.infer<typeof onlineMark>;

/** Parses what Redis holds. Anything unreadable counts as no mark, so that the store is rebuilt rather than trusted. */
export function parseMark(text: string | null): OnlineMark | null {
  if (text === null) return null;
  try {
    return onlineMark.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
