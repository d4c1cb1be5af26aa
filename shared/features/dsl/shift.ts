/** value * 10^digits by moving the decimal point in its text (2.01 * 100 is not 201 in binary); undefined when not whole. */
export function shift(value: number, digits: number): number | undefined {
  const shifted = Number(`${value}e${digits}`);
  return Number.isSafeInteger(shifted) ? shifted : undefined;
}
