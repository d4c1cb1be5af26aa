import type { PsiBin } from '@churn/statistics';

/**
 * Reference and current share of each bin as rows of bars. HTML instead of a picture: its text keeps its size however narrow the column is, and
 * the page needs no plotting library. Bars are as long as the column's largest share allows.
 */
export function binChart(bins: readonly PsiBin[]): string {
  // Nothing was missing, then or now: no row that says so.
  const shown = bins.filter(({ high, reference, current }) => high !== null || reference + current > 0);
  const largest = Math.max(...shown.flatMap(({ reference, current }) => [reference, current]));
  const bar = (name: 'then' | 'now', share: number) =>
    `<i class="${name}" style="width:${((share / largest) * 100).toFixed(1)}%"></i>`;
  const rows = shown.map(
    (bin) =>
      `<span class="bin">${binLabel(bin)}</span><span class="bars">${bar('then', bin.reference)}${bar('now', bin.current)}</span><span class="n">${shortPercent(bin.reference)}</span><b class="n">${shortPercent(bin.current)}</b>`,
  );
  return `<div class="bins">${rows.join('\n')}</div>`;
}

/** The upper bound of a bin, which names it. */
function binLabel({ low, high }: PsiBin): string {
  if (high === null) return 'missing';
  if (high === Number.POSITIVE_INFINITY)
    return low === null || low === Number.NEGATIVE_INFINITY ? 'all' : `&gt; ${short(low)}`;
  if (low !== null && short(low) === short(high)) return short(high);
  return `≤ ${short(high)}`;
}

/** At most four digits; thousands are marked where there are any. */
function short(x: number): string {
  return Number(x.toPrecision(4)).toLocaleString('en-US', { maximumSignificantDigits: 4 });
}

/** A tenth of a percent where a whole one would hide what is there. */
function shortPercent(share: number): string {
  const percent = share * 100;
  return `${percent === 0 || percent >= 9.95 ? percent.toFixed(0) : percent.toFixed(1)}%`;
}
