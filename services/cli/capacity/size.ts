export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

/** 21500000000 -> '21.5 GB' */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value < 100 ? Number(value.toPrecision(3)) : Math.round(value)} ${units[power]}`;
}

/** 0.4 -> '24 s', 8.9 -> '9 min', 200 -> '3.33 h' */
export function duration(minutes: number): string {
  const seconds = Math.round(minutes * 60);
  if (seconds < 1) return 'under a second';
  if (seconds < 120) return `${seconds} s`;
  if (minutes < 180) return `${whole(minutes)} min`;
  return `${Number((minutes / 60).toPrecision(3)).toLocaleString('en-US')} h`;
}
