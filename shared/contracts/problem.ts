import { z } from 'zod';

/** RFC 9457 problem details, as every error of every service is answered. */
export const problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().optional(),
  request_id: z.string().optional(),
  /** One entry a fault, where there are several. */
  errors: z.array(z.looseObject({ reason: z.string() })).optional(),
});
export type Problem = z.infer<typeof problem>;
