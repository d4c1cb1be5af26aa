import { z } from 'zod';

/** Columns of equal length as they were when a model was evaluated: its features (NaN: missing) and its score. */
export interface ReferenceColumns {
  readonly columns: readonly string[];
  readonly rows: number;
  /** The values of a column; throws for one that is not there. */
  column(name: string): Float32Array;
}

const MAGIC = 'CHREF1\0\0';
const header = z.strictObject({ columns: z.array(z.string()), rows: z.int().min(0) });

/** Packs columns one after another: magic, length of the JSON header (uint32 LE), header, Float32 LE values. */
export function packReference(columns: readonly string[], data: Float32Array): Buffer {
  const rows = columns.length === 0 ? 0 : data.length / columns.length;
  if (!Number.isInteger(rows)) {
    throw new RangeError(`${data.length} values do not fill ${columns.length} columns of equal length`);
  }
  const json = Buffer.from(JSON.stringify({ columns, rows }));
  const start = MAGIC.length + 4 + json.length;
  const packed = Buffer.alloc(start + data.length * 4);
  packed.write(MAGIC, 0, 'latin1');
  packed.writeUInt32LE(json.length, MAGIC.length);
  json.copy(packed, MAGIC.length + 4);
  for (const [index, value] of data.entries()) packed.writeFloatLE(value, start + index * 4);
  return packed;
}

/** Throws when the bytes are not those of packReference. */
export function unpackReference(packed: Buffer): ReferenceColumns {
  if (packed.length < MAGIC.length + 4 || packed.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new Error('These bytes are not packed reference columns: another magic number.');
  }
  const start = MAGIC.length + 4 + packed.readUInt32LE(MAGIC.length);
  const { columns, rows } = header.parse(JSON.parse(packed.toString('utf8', MAGIC.length + 4, start)));
  if (packed.length !== start + columns.length * rows * 4) {
    throw new Error(
      `Reference columns are cut short: ${columns.length} columns of ${rows} rows do not fit ${packed.length} bytes.`,
    );
  }
  return {
    columns,
    rows,
    column(name) {
      const index = columns.indexOf(name);
      if (index < 0) throw new Error(`The reference has no column "${name}"; it has ${columns.join(', ')}.`);
      const at = start + index * rows * 4;
      return Float32Array.from({ length: rows }, (_, row) => packed.readFloatLE(at + row * 4));
    },
  };
}
