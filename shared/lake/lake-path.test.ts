import { expect, test } from '@jest/globals';
import { lakePath } from './lake-path.ts';

test('a path of the lake stays below it', () => {
  expect(lakePath('file:///lake', 'shop/a.parquet')).toBe('/lake/shop/a.parquet');
  for (const path of ['../x', 'shop/../../x', '/etc/passwd', '/lake/x', 'a\0b', '.', '../lakes/x'])
    expect(() => lakePath('file:///lake', path)).toThrow('leads outside the lake at file:///lake');
  expect(() => lakePath('s3://bucket', 'x')).toThrow('it must be a folder as file:///absolute/path');
});
