export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

/** 21500000000 -> '21.5 GB' */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value < 100 ? Number(value.toPrecision(3)) : Math.round(value)} ${units[power]}`;
}

/** 0.4 -> 'under a minute', 8.9 -> '9 min' */
export const duration = (minutes: number): string =>
  minutes < 1 ? 'under a minute' : `${whole(minutes)} min`;
