import type { FieldIr } from '../ir.ts';
import { onlyKnown } from './only-known.ts';

/** A field before its source gives it a name. */
export type Field = Omit<FieldIr, 'name'>;

interface Options {
  /** The column that it is read from; default the field's own name. */
  column?: string;
  description?: string;
}

function common(options: Options) {
  onlyKnown('a field', options, ['column', 'description', 'scale']);
  const { column, description = '' } = options;
  return { ...(column !== undefined && { column }), description };
}

/** An amount of money, held in minor units. `scale` is the number of its decimal places. */
export function money(currency: string, options: Options & { scale?: number } = {}): Field {
  return { type: 'money', currency, scale: options.scale ?? 2, ...common(options) };
}

export function integer(options: Options = {}): Field {
  return { type: 'integer', scale: 0, ...common(options) };
}

/** A number with so many decimal places. */
export function decimal(scale: number, options: Options = {}): Field {
  return { type: 'decimal', scale, ...common(options) };
}

/**
 * One of these texts, spelled as in the data. Its number in features is its place in the list, from 0: where the values have an order, list
 * them in it. New values are appended; what stands in the list stays where it is.
 */
export function category(values: readonly string[], options: Options = {}): Field {
  return { type: 'category', scale: 0, categories: [...values], ...common(options) };
}
