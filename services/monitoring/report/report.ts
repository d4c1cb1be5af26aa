import { DRIFT_STATISTICS, PSI } from '@churn/statistics';
import type { Check } from '../queries/claim-check.ts';
import type { ColumnDrift } from '../queries/save-check.ts';
import { binChart } from './chart.ts';
import { STYLE } from './style.ts';

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
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
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
${tableOf(columns)}
${HELP}
${charts(columns)}
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

function tableOf(columns: readonly ColumnDrift[]): string {
  const numbers = [...DRIFT_STATISTICS.map(({ title }) => title), 'Missing then', 'Missing now'];
  const head = numbers.map((title) => `<th scope="col" class="n">${escapeHtml(title)}</th>`).join('');
  return `<div class="wide" tabindex="0"><table><thead><tr><th scope="col">Column</th><th scope="col">Status</th>${head}</tr></thead>
<tbody>${columns.map(row).join('\n')}</tbody></table></div>`;
}

function row(found: ColumnDrift): string {
  const cell = (text: string) => `<td class="n">${text}</td>`;
  const figures =
    found.reason === null
      ? DRIFT_STATISTICS.map(({ name }) => cell(number(found.statistics[name]))).join('')
      : `<td colspan="${DRIFT_STATISTICS.length}"><small>${escapeHtml(found.reason)}</small></td>`;
  const missing = cell(percent(found.referenceNullRate)) + cell(percent(found.currentNullRate));
  return `<tr><th scope="row">${nameOf(found.column)}</th><td>${statusOf(found)}</td>${figures}${missing}</tr>`;
}

const statusOf = ({ status }: ColumnDrift) => `<span class="status ${status}">${WORDS[status]}</span>`;

/** What moved stands open; what did not is a click away. */
function charts(columns: readonly ColumnDrift[]): string {
  const compared = columns.filter(({ reason }) => reason === null);
  const calm = compared.filter(({ status }) => status === 'stable');
  const moved = compared.filter(({ status }) => status !== 'stable');
  const open = moved.length === 0 ? '' : grid(moved);
  const folded =
    calm.length === 0
      ? ''
      : `<details><summary>${calm.length} stable ${calm.length === 1 ? 'column' : 'columns'}</summary>${grid(calm)}</details>`;
  return compared.length === 0 ? '' : `<h2>Distributions</h2>${LEGEND}${open}${folded}`;
}

const grid = (columns: readonly ColumnDrift[]) =>
  `<div class="charts">${columns.map(figure).join('\n')}</div>`;

function figure(found: ColumnDrift): string {
  const label = `${escapeHtml(found.column)}: ${WORDS[found.status]}, PSI ${number(found.statistics[PSI.name])}`;
  return `<figure role="img" aria-label="${label}"><figcaption><span>${nameOf(found.column)}</span> ${statusOf(found)}</figcaption>${binChart(found.bins)}</figure>`;
}

/** The feature, and smaller the view that it is of: two views may have features of one name. Both may break after each word. */
function nameOf(column: string): string {
  const at = column.indexOf(':');
  const broken = (text: string) => escapeHtml(text).replaceAll('_', '_<wbr>');
  const name = broken(column.slice(at + 1));
  return at < 0 ? name : `${name} <small>${broken(column.slice(0, at))}</small>`;
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

const LEGEND =
  '<p class="legend"><span><i class="then"></i> then: the rows that the model was tested on</span><span><i class="now"></i> now</span></p>';

const FINISHED = `<p class="finished">Every source of this model is a finished data set (<code>static</code> in its definitions). Nobody buys any more, so its
customers age and its windows run empty: drift that grows with time is expected, and raises no alert.</p>`;

const HELP = `<details><summary>How to read this, and what to do</summary>
<p>The population stability index (PSI) compares the shares of ten bins, cut at the reference's deciles, with missing values as a bin of their own.
Below 0.1 nothing happened; from 0.1 (moderate) look again tomorrow; from 0.2 (drifted) it is another population.</p>
<p>When a feature drifts: does its source still deliver? A feature that lags or goes missing is a fault to mend, not a reason to retrain.
When the world changed: train again once labels after the change are known, and compare on the newest cut. When only the score drifted: customers moved within
the features' ranges; compare the model with what really happened.</p>
<p>The Kolmogorov-Smirnov p-value stands beside it for completeness: at many thousands of rows it calls every trifle significant.</p></details>`;
