import { InvalidArgumentError } from 'commander';

const POWERS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, B: 1e9 };
/** Digits, in groups of three where they are grouped; a fraction; a letter for thousands, millions or billions. */
const FORM = /^(\d+|\d{1,3}(?:_\d{3})+|\d{1,3}(?:,\d{3})+)(\.\d+)?([kmb]?)$/i;

/** '5M', '5_000_000' and '5,000,000' -> 5000000; NaN for what is no quantity. */
function quantityOf(text: string): number {
  const [, digits, fraction = '', letter = ''] = FORM.exec(text.trim()) ?? [];
  if (digits === undefined) return Number.NaN;
  // By digits, so that 1.1M is 1100000 and nothing beside it.
  const power = POWERS[letter.toUpperCase()] ?? 1;
  return Number((Number(`${digits.replaceAll(/[_,]/g, '')}${fraction}`) * power).toPrecision(15));
}

/** A number of things that come whole, as people write it. */
export function countArgument(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = quantityOf(text);
    if (Number.isInteger(value) && value >= low && value <= high) return value;
    const bounds = `from ${low} to ${high.toLocaleString('en-US')}`;
    throw new InvalidArgumentError(
      `Expected a whole number ${bounds}, such as 5000000, 5_000_000, 5,000,000 or 5M (K, M and B are thousands, millions and billions).`,
    );
  };
}

/** A rate or a length of time: any number above 0. */
export function amountArgument(text: string): number {
  const value = quantityOf(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(
    'Expected a number above 0, such as 0.5, 20000, 20_000, 20,000 or 20K (K, M and B are thousands, millions and billions).',
  );
}
