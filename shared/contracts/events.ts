import { z } from 'zod';

const NO_SOURCE = 'must be the name of a source, a text of 1 to 63 characters';
const NO_EVENT_ID =
  'must be a text of 1 to 256 characters, not all blank, the same whenever the event is sent again: it is how a repeat is known';

/**
 * One event over REST: `source`, `event_id` and the same columns that a file of that source has
 * (join key, timestamp, declared fields; null or blank where a field has no value). What the columns are is the project's definition, so they are checked against it.
 */
export const eventEnvelope = z.looseObject(
  {
    source: z.string(NO_SOURCE).min(1, NO_SOURCE).max(63, NO_SOURCE),
    event_id: z
      .string(NO_EVENT_ID)
      .min(1, NO_EVENT_ID)
      .max(256, NO_EVENT_ID)
      .refine((id) => id.trim() !== '', NO_EVENT_ID)
      .refine((id) => id.isWellFormed(), 'has half of a surrogate pair, which no store can keep'),
  },
  'is not an object; send one with source, event_id and the columns of the source',
);
export type EventEnvelope = z.infer<typeof eventEnvelope>;

export const eventsAccepted = z.strictObject({
  /** Events durable in the inbox by this request. */
  accepted: z.int().min(0),
  /** Same identity and content as an event known before, or earlier in this request. */
  repeated: z.int().min(0),
  /** Same identity, other content, or more than 24 h ahead: set aside, not applied. */
  quarantined: z.int().min(0),
  /** The first 20 of those set aside, by name. */
  set_aside: z.array(
    z.strictObject({ source: z.string(), event_id: z.string(), reason: z.enum(['conflict', 'future']) }),
  ),
  /** Position of the last accepted event: online features include it once the projector is past it. */
  position: z.int().nullable(),
});
export type EventsAccepted = z.infer<typeof eventsAccepted>;

export const importQuery = z.strictObject({
  source: z.string().min(1).max(63),
  format: z.enum(['csv', 'parquet']),
  on_error: z.enum(['stop', 'skip']).default('stop'),
  /** `yesterday`: shift every timestamp by the same whole number of days so that the last falls on yesterday (UTC). */
  shift_end: z.enum(['yesterday']).optional(),
  /** The instant that the rows hold as of: needed exactly when the source has no timestamp column. A date or ISO 8601 with a zone. */
  as_of: z.string().max(64).optional(),
  file_name: z.string().max(1024).default('upload'),
});

const rowFault = { column: z.string(), value: z.string().nullable(), reason: z.string() };
/** What is wrong with a row of a file: of a CSV by its line, header included; of Parquet, which has no lines, by its row. Both from 1. */
const rowError = z.union([
  z.strictObject({ line: z.int().min(1), ...rowFault }),
  z.strictObject({ row: z.int().min(1), ...rowFault }),
]);
export type RowError = z.infer<typeof rowError>;

export const importResult = z.strictObject({
  import_id: z.uuid(),
  source: z.string(),
  file_name: z.string(),
  /** True when this very file was imported before: nothing was changed. */
  already_imported: z.boolean(),
  rows_read: z.int(),
  rows_imported: z.int(),
  rows_rejected: z.int(),
  rows_repeated: z.int(),
  shift_days: z.int(),
  /** The instant given with the import, ISO 8601; null where rows have times of their own. */
  as_of: z.string().nullable(),
  segments: z.int(),
  /** First and last occurrence after the shift, ISO 8601; null when nothing was imported. */
  first_occurred_at: z.string().nullable(),
  last_occurred_at: z.string().nullable(),
  /** The first of the rejected rows; all of them are in the rejects file. */
  errors: z.array(rowError),
  /** Path on the ingestion service where the rejected rows can be fetched as CSV, or null. */
  rejects: z.string().nullable(),
});
export type ImportResult = z.infer<typeof importResult>;

export const materializeResult = z.strictObject({
  generation: z.int(),
  customers: z.int(),
  position: z.int(),
  duration_ms: z.number(),
});
export type MaterializeResult = z.infer<typeof materializeResult>;

export const featuresStatus = z.strictObject({
  generation: z.int().nullable(),
  complete: z.boolean(),
  /** The clock of knowledge, and how far each reader is. */
  position: z.int(),
  projector_position: z.int(),
  compactor_position: z.int(),
  inbox_rows: z.int(),
  segments: z.int(),
  events: z.int(),
  customers: z.int().nullable(),
});
export type FeaturesStatus = z.infer<typeof featuresStatus>;
