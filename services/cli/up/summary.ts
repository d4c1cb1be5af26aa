import type { ModelEvaluation } from '@churn/contracts';
import { count, duration } from '../format.ts';
import type { ServiceUrls } from '../services.ts';
import type { Story } from './story.ts';

export interface Timing {
  title: string;
  ms: number;
}

/** The last thing a person sees before the platform serves; with `stopped`, what to do to have it serve. */
export function summary(story: Story, timings: readonly Timing[], { stopped }: { stopped: boolean }): string {
  const { model, run, drift } = story;
  const total = timings.reduce((sum, { ms }) => sum + ms, 0);
  const lines: [string, string][] = [
    ['Customers', `${count(run?.customers ?? 0)} scored for ${run?.prediction_date ?? 'today'}`],
  ];
  if (model !== null) {
    lines.push(['Model', `${model.name} version ${model.version}, in Production`]);
    lines.push([
      'AUC',
      `${model.auc.toFixed(3)} on ${judgedOn(model.evaluation)}; ${bareName(model.baseline)} alone gives ${model.baselineAuc.toFixed(3)}`,
    ]);
    lines.push(['Lift at 10%', `${model.lift.toFixed(2)} times as many churners as a random tenth`]);
  }
  lines.push([
    'High risk',
    `${count(run?.high_risk ?? 0)} customers, in the table high_churn_risk_customers`,
  ]);
  if (drift !== null) lines.push(['Drift', driftSentence(drift)]);
  const steps: [string, string][] = timings.map(({ title, ms }) => [title, duration(ms)]);
  return [
    ...aligned(lines),
    '',
    ...aligned([...steps, ['All', duration(total)]]),
    '',
    ...(stopped ? again(story) : now(story)),
  ].join('\n');
}

/** What a model's figures are of, in words. */
export function judgedOn(evaluation: ModelEvaluation): string {
  return evaluation.kind === 'folds'
    ? `customers it had not seen, in ${evaluation.folds} folds`
    : 'a later period it never saw';
}

/** A feature without its view. */
export function bareName(reference: string): string {
  return reference.slice(reference.indexOf(':') + 1);
}

function now({ client: { urls }, drift, example }: Story): string[] {
  const places = aligned(links(urls, drift?.report ?? null));
  return example === null ? places : [...places, '', 'Try it:', `  ${curl(urls, example.customer)}`];
}

/** No URLs: nothing listens at them any more. */
function again({ client: { urls }, example }: Story): string[] {
  const serve = 'Everything has been stopped. `npm start` serves it again in seconds';
  return example === null ? [`${serve}.`] : [`${serve}; then try:`, `  ${curl(urls, example.customer)}`];
}

/** Single quotes hold any customer id but one with a single quote, which is closed, escaped and opened again. */
function curl(urls: ServiceUrls, customer: string): string {
  const body = JSON.stringify({ customer_id: customer }).replaceAll("'", `'\\''`);
  return `curl -s ${urls.inference}/predict -H 'content-type: application/json' -d '${body}'`;
}

function driftSentence({ drifted, columns }: NonNullable<Story['drift']>): string {
  return drifted === 0
    ? `none of ${columns} columns`
    : `${drifted} of ${columns} columns against the training data`;
}

function links(urls: ServiceUrls, report: string | null): [string, string][] {
  return [
    ['Predictions', `${urls.inference}/predict`],
    ['Everything else', `${urls.control}/`],
    ...(report === null ? [] : [['Drift report', `${urls.monitoring}${report}`] as [string, string]]),
  ];
}

function aligned(rows: readonly [string, string][]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  return rows.map(([label, value]) => `  ${label.padEnd(width)}${value}`);
}
