import type { PsiBin } from '@churn/statistics';
import { BarChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, GridComponent, SVGRenderer]);

/** Both stand out on white and on black. */
export const COLOURS = { reference: '#8a94a6', current: '#e07a1f' };
const TEXT = '#7d8590';

/** Reference and current share of each bin, side by side, as an SVG of its own. */
export function binChart(bins: readonly PsiBin[]): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 560, height: 190 });
  try {
    chart.setOption({
      animation: false,
      grid: { left: 44, right: 8, top: 10, bottom: 46 },
      xAxis: {
        type: 'category',
        data: bins.map(binLabel),
        axisLabel: { color: TEXT, fontSize: 10, rotate: 25, interval: 0 },
      },
      yAxis: {
        type: 'value',
        axisLabel: { color: TEXT, fontSize: 10, formatter: (share: number) => `${Math.round(share * 100)}%` },
        splitLine: { lineStyle: { color: '#88888840' } },
      },
      series: [
        { type: 'bar', data: bins.map((bin) => bin.reference), itemStyle: { color: COLOURS.reference } },
        { type: 'bar', data: bins.map((bin) => bin.current), itemStyle: { color: COLOURS.current } },
      ],
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** The upper bound of a bin, which names it. */
function binLabel({ low, high }: PsiBin): string {
  if (high === null) return 'missing';
  if (high === Number.POSITIVE_INFINITY)
    return low === null || low === Number.NEGATIVE_INFINITY ? 'all' : `> ${short(low)}`;
  if (low !== null && short(low) === short(high)) return short(high);
  return `≤ ${short(high)}`;
}

function short(x: number): string {
  return String(Number(x.toPrecision(4)));
}
