/**
 * Rows of (customer_id text, churn_probability real, churn_risk text, eligible boolean) as PostgreSQL reads them with
 * COPY ... (FORMAT binary): https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-BINARY-FORMAT
 */
export interface ScoredRows {
  ids: readonly string[];
  probabilities: Float32Array;
  risks: readonly ('low' | 'medium' | 'high')[];
  eligible: readonly boolean[];
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEADER_BYTES = SIGNATURE.length + 8;
/** Field count, four lengths, a float4, a risk of at most 6 bytes, a boolean. */
const ROW_BYTES = 2 + 4 * 4 + 4 + 6 + 1;
const RISKS = { low: Buffer.from('low'), medium: Buffer.from('medium'), high: Buffer.from('high') };

/** The whole COPY stream in one buffer. */
export function encodeScoredRows(rows: ScoredRows): Buffer {
  const buffer = Buffer.allocUnsafe(sizeBound(rows.ids));
  SIGNATURE.copy(buffer);
  buffer.fill(0, SIGNATURE.length, HEADER_BYTES);
  let at = HEADER_BYTES;
  for (let i = 0; i < rows.ids.length; i++) at = writeRow(buffer, at, rows, i);
  at = buffer.writeInt16BE(-1, at);
  return buffer.subarray(0, at);
}

/** A UTF-16 unit is at most 3 bytes of UTF-8. */
function sizeBound(ids: readonly string[]): number {
  let units = 0;
  for (const id of ids) units += id.length;
  return HEADER_BYTES + ids.length * ROW_BYTES + units * 3 + 2;
}

function writeRow(buffer: Buffer, start: number, rows: ScoredRows, i: number): number {
  const risk = RISKS[rows.risks[i] ?? 'low'];
  let at = buffer.writeInt16BE(4, start);
  const idBytes = buffer.write(rows.ids[i] ?? '', at + 4, 'utf8');
  at = buffer.writeInt32BE(idBytes, at) + idBytes;
  at = buffer.writeInt32BE(4, at);
  at = buffer.writeFloatBE(rows.probabilities[i] ?? Number.NaN, at);
  at = buffer.writeInt32BE(risk.length, at);
  at += risk.copy(buffer, at);
  at = buffer.writeInt32BE(1, at);
  return buffer.writeUInt8(rows.eligible[i] === true ? 1 : 0, at);
}
