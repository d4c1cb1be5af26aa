import { z } from 'zod';

/** Strings that must not be swapped carry a brand; each is parsed once, at the edge. */
export const projectId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower case letters, digits and -, starting with a letter')
  .brand<'ProjectId'>();
export type ProjectId = z.infer<typeof projectId>;

const NO_ID = 'must be a customer id, a text of 1 to 256 characters';

/** The customer's key as the source names it: 1 to 256 characters, no control characters. */
export const customerId = customerIdOr(NO_ID);

/** The same, with words of its own for where there is none. */
export function customerIdOr(absent: string) {
  return (
    z
      .string({ error: (issue) => (issue.input === undefined ? absent : NO_ID) })
      .min(1, { error: NO_ID, abort: true })
      .max(256, NO_ID)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is refused
      .regex(/^[^\u0000-\u001f\u007f]+$/, 'has control characters; take them out')
      .brand<'CustomerId'>()
  );
}

export const runId = z.uuid().brand<'RunId'>();

export const sha256Hex = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex')
  .brand<'Sha256'>();

export const role = z.enum(['viewer', 'caller', 'data-scientist', 'ml-engineer', 'admin']);
export type Role = z.infer<typeof role>;

export const stage = z.enum(['None', 'Staging', 'Production', 'Archived']);
export type Stage = z.infer<typeof stage>;

export const churnRisk = z.enum(['low', 'medium', 'high']);
export type ChurnRisk = z.infer<typeof churnRisk>;
