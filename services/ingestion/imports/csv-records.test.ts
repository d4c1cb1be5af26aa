import { writeFileSync } from 'node:fs';
import type { Duck } from '@churn/lake';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Context } from '../context.ts';
import { createWorld, type World } from '../testing/world.ts';
import { copyClean, csvRelation, surveyCsv } from './csv-file.ts';
import { isMalformed, readRecords } from './csv-records.ts';
import { splitValues, valueText } from './csv-values.ts';

let world: World;
let context: Context;
let duck: Duck;
beforeAll(async () => {
  world = await createWorld();
  context = world.process();
  duck = await context.openDuck();
});
afterAll(async () => {
  await duck.close();
  await world.close();
});

const HEADER = ['a', 'b'];

/** What stands in the file by our own scan: the good records' values, and the lines of the others. */
async function scanned(path: string) {
  const values: string[][] = [];
  const malformed: number[] = [];
  for await (const records of readRecords(path))
    for (const record of records) {
      if (isMalformed(record, HEADER.length)) malformed.push(record.line);
      else values.push(splitValues(record.bytes).map(textOf));
    }
  return { values: values.slice(1), malformed };
}

function textOf(value: Buffer): string {
  const text = value.toString();
  return text.trim().startsWith('"') ? valueText(value) : text;
}

const PIECES = [
  'a',
  ',',
  ',',
  '"',
  '"',
  ' ',
  '\n',
  'é',
  '1,"2"\n',
  '"x,""\ny",z\n',
  '5,6\r\n',
  '\r',
  '7,8\n',
];
const TEXTS = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''));

test('the records that DuckDB reads of a file are those that the scan finds in it', async () => {
  const path = context.lakePath('random.csv');
  const agree = fc.asyncProperty(TEXTS, async (text) => {
    writeFileSync(path, `a,b\n${text}`);
    const found = await scanned(path);
    const survey = await surveyCsv(path);
    const readable = survey.clean ? path : `${path}.clean`;
    if (!survey.clean) await copyClean(path, HEADER, readable);
    const read = await duck.rows<{ a: string; b: string }>(
      `SELECT coalesce(a, '') AS a, coalesce(b, '') AS b FROM ${csvRelation(readable, HEADER, HEADER)}`,
    );
    expect(read.map(({ a, b }) => [a, b])).toEqual(found.values);
    expect(survey.malformed.map(({ line }) => line)).toEqual(found.malformed);
  });
  // A failure prints its seed and the smallest text that shows it.
  await fc.assert(agree, { numRuns: 100 });
});
