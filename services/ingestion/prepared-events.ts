/** An event that was found good. */
export interface PreparedEvent {
  source: string;
  eventId: string;
  entityId: string;
  occurredUs: number;
  hash: Buffer;
  /** Declared fields as fixed-point integers, without those that are missing. */
  fields: Record<string, number>;
}

/** What a request's events come to before the database has seen them. */
export interface Prepared {
  events: PreparedEvent[];
  /** Events of the same identity and content earlier in the request. */
  repeated: number;
  quarantine: { event: PreparedEvent; reason: 'conflict' | 'future' }[];
}
