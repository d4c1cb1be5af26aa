import { DRIFT_STATISTICS, PSI } from '@churn/statistics';
import type { Check } from '../queries/claim-check.ts';
import type { ColumnDrift } from '../queries/save-check.ts';
import { binChart, COLOURS } from './chart.ts';

interface Report {
  check: Check;
  columns: readonly ColumnDrift[];
  referenceRows: number;
  currentRows: number;
  isStatic: boolean;
  madeAt: Date;
}

const WORDS = {
  stable: 'stable',
  moderate: 'moderate',
  drifted: 'drifted',
  'not-comparable': 'not compared',
} as const;

/** The check as one HTML page that needs nothing else: no script, no font, no picture from elsewhere. Columns come the worst first. */
export function renderReport({
  check,
  columns,
  referenceRows,
  currentRows,
  isStatic,
  madeAt,
}: Report): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Drift of ${escapeHtml(check.projectId)}, ${escapeHtml(check.predictionDate)}</title><style>${STYLE}</style></head>
<body><main>
<h1>Drift of ${escapeHtml(check.projectId)}</h1>
<p class="verdict">${verdict(columns)}</p>
${isStatic ? FINISHED : ''}
<dl>
<div><dt>Model</dt><dd>${escapeHtml(check.model)}/${check.modelVersion}</dd></div>
<div><dt>Scored for</dt><dd>${escapeHtml(check.predictionDate)}</dd></div>
<div><dt>Customers now</dt><dd>${currentRows.toLocaleString('en-US')} eligible</dd></div>
<div><dt>Reference</dt><dd>${referenceRows.toLocaleString('en-US')} rows that the model was tested on</dd></div>
<div><dt>Checked</dt><dd>${madeAt.toISOString().slice(0, 16).replace('T', ' ')} UTC</dd></div>
</dl>
<table><thead><tr><th scope="col">Column</th><th scope="col">Status</th>${DRIFT_STATISTICS.map(({ title }) => `<th scope="col" class="n">${escapeHtml(title)}</th>`).join('')}<th scope="col" class="n">Missing then</th><th scope="col" class="n">Missing now</th></tr></thead>
<tbody>${columns.map(row).join('\n')}</tbody></table>
${HELP}
<p class="legend"><span style="background:${COLOURS.reference}"></span> reference <span style="background:${COLOURS.current}"></span> now</p>
<div class="charts">${columns.map(figure).join('\n')}</div>
</main></body></html>`;
}

function verdict(columns: readonly ColumnDrift[]): string {
  const count = (status: ColumnDrift['status']) => columns.filter((found) => found.status === status).length;
  const drifted = count('drifted');
  const left = count('not-comparable');
  if (left === columns.length) return 'Nothing could be compared: not enough data.';
  const found =
    drifted === 0
      ? 'No column has drifted.'
      : `${drifted} of ${columns.length} columns ${drifted === 1 ? 'has' : 'have'} drifted.`;
  return left === 0 ? found : `${found} ${left} could not be compared.`;
}

function row(found: ColumnDrift): string {
  const cells = [
    ...DRIFT_STATISTICS.map(({ name }) => number(found.statistics[name])),
    percent(found.referenceNullRate),
    percent(found.currentNullRate),
  ];
  return `<tr><th scope="row">${nameOf(found.column)}</th><td>${statusOf(found)}</td>${cells.map((cell) => `<td class="n">${cell}</td>`).join('')}</tr>`;
}

function statusOf({ status, reason }: ColumnDrift): string {
  const badge = `<span class="status ${status}">${WORDS[status]}</span>`;
  return reason === null ? badge : `${badge} <small>${escapeHtml(reason)}</small>`;
}

function figure(found: ColumnDrift): string {
  if (found.reason !== null) return '';
  const label = `${escapeHtml(found.column)}: ${WORDS[found.status]}, PSI ${number(found.statistics[PSI.name])}`;
  return `<figure role="img" aria-label="${label}"><figcaption>${nameOf(found.column)} ${statusOf(found)}</figcaption>${binChart(found.bins)}</figure>`;
}

/** The feature, and smaller the view that it is of: two views may have features of one name. */
function nameOf(column: string): string {
  const at = column.indexOf(':');
  const name = escapeHtml(column.slice(at + 1));
  return at < 0 ? name : `${name} <small>${escapeHtml(column.slice(0, at))}</small>`;
}

/** Three places; what would round to nothing keeps its size (a p-value of 2e-16). */
const number = (x: number | undefined) =>
  x === undefined ? '–' : x !== 0 && Math.abs(x) < 0.001 ? x.toExponential(1) : x.toFixed(3);
const percent = (share: number) => `${(share * 100).toFixed(1)}%`;

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const FINISHED = `<p class="finished">Every source of this model is a finished data set (<code>static</code> in its definitions). Nobody buys any more, so its
customers age and its windows run empty: drift that grows with time is expected, and raises no alert.</p>`;

const HELP = `<details><summary>How to read this, and what to do</summary>
<p>The population stability index (PSI) compares the shares of ten bins, cut at the reference's deciles, with missing values as a bin of their own.
Below 0.1 nothing happened; from 0.1 (moderate) look again tomorrow; from 0.2 (drifted) it is another population.</p>
<p>When a feature drifts: does its source still deliver? A feature that lags or goes missing is a fault to mend, not a reason to retrain.
When the world changed: train again once labels after the change are known, and compare on the newest cut. When only the score drifted: customers moved within
the features' ranges; compare the model with what really happened.</p>
<p>The Kolmogorov-Smirnov p-value stands beside it for completeness: at many thousands of rows it calls every trifle significant.</p></details>`;

const STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0}main{max-width:76rem;margin:2rem auto;padding:0 1rem}
.verdict{font-size:1.25rem}
dl{display:flex;flex-wrap:wrap;gap:1rem 2.5rem}dt{opacity:.7;font-size:.85rem}dd{margin:0}
table{border-collapse:collapse;width:100%;margin:1.5rem 0}th,td{padding:.35rem .6rem;border-bottom:1px solid #8884;text-align:left}
thead th{font-size:.85rem;opacity:.8}tbody th{font-weight:500}.n{text-align:right;font-variant-numeric:tabular-nums}
.status{padding:.05rem .5rem;border-radius:1rem;font-size:.85rem;border:1px solid}
.stable{color:#2c8a4b}.moderate{color:#b07400}.drifted{color:#d13c3c;font-weight:600}.not-comparable{opacity:.7}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:1rem}
figure{margin:0;padding:.8rem;border:1px solid #8884;border-radius:.5rem}figure svg{width:100%;height:auto}figcaption{font-weight:500}
small{opacity:.7;font-weight:400}
.legend span{display:inline-block;width:.9em;height:.9em;border-radius:.2em;margin-left:1rem}
@media(prefers-color-scheme:dark){.stable{color:#5ec27f}.moderate{color:#e3a93c}.drifted{color:#ff7b72}}`;
