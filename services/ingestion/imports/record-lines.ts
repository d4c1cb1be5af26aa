import { type CsvRecord, isMalformed, readRecords } from './csv-records.ts';

/** Where a record stands: its first physical line (from 1), and its bytes in the file, the end of its line included. */
export type CsvPlace = Pick<CsvRecord, 'line' | 'begin' | 'end'>;

export interface FoundRecords {
  header: CsvPlace;
  /** By ordinal from 0, the header and malformed records not counted. */
  byOrdinal: Map<number, CsvPlace>;
  malformed: CsvPlace[];
}

/** Where the records wanted stand: those of the ordinals, and those that are malformed. */
export async function findRecords(path: string, wanted: ReadonlySet<number>): Promise<FoundRecords> {
  const found: FoundRecords = {
    header: { line: 1, begin: 0, end: 0 },
    byOrdinal: new Map(),
    malformed: [],
  };
  let ordinal = -1;
  let columns = 0;
  for await (const records of readRecords(path))
    for (const record of records) {
      const { line, begin, end } = record;
      if (ordinal >= 0 && isMalformed(record, columns)) {
        found.malformed.push({ line, begin, end });
        continue;
      }
      if (ordinal < 0) {
        found.header = { line, begin, end };
        columns = record.values;
      } else if (wanted.has(ordinal)) found.byOrdinal.set(ordinal, { line, begin, end });
      ordinal++;
    }
  return found;
}
