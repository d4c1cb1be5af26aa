import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { liveSeries, parseSeries, type Series } from './testing/live-series.ts';
import { asScraped } from './testing/scrape.ts';
import { type Selector, selectorsOf } from './testing/selectors.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Each alert's text, by its name. */
const alerts = new Map(
  read('ops/prometheus/rules.yml')
    .split(/^ {6}- alert: /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text]),
);
const ruleExpressions = [...alerts.values()].map(
  (text) => /^ +expr: ([\s\S]*?)^ {8}(?:for|labels):/m.exec(text)?.[1] ?? '',
);
const panelExpressions = [...read('ops/grafana/churn.json').matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(
  ([, expression = '']) => expression.replaceAll('\\"', '"'),
);

/** What the services expose, as Prometheus stores it under the chart. */
let stored: Series[];
beforeAll(async () => {
  stored = asScraped(await liveSeries());
});

/** Labels whose value says how something went: a healthy platform need not have the one that an alert waits for. */
const OUTCOMES = ['status', 'outcome', 'static'];

/** Why the selector can never find anything; null when it can. */
function blind({ name, matchers }: Selector): string | null {
  const candidates = stored.filter((series) => series.name === name);
  if (candidates.length === 0) return `no service exposes ${name}`;
  const found = candidates.some(({ labels }) =>
    matchers.every(({ label, equals }) => {
      const value = labels[label];
      return value !== undefined && (equals === null || value === equals || OUTCOMES.includes(label));
    }),
  );
  return found
    ? null
    : `${name} has no series with ${matchers.map(({ label, equals }) => `${label}=${equals ?? '...'}`)}`;
}
const labelNames = ({ labels }: Series) => Object.keys(labels).sort().join(' ');

describe('alerts and dashboard', () => {
  it('ask for series that Prometheus has of our services', () => {
    const selectors = [...ruleExpressions, ...panelExpressions].flatMap(selectorsOf);
    expect(selectors.length).toBeGreaterThan(20);
    expect(selectors.map(blind).filter((reason) => reason !== null)).toEqual([]);
    const wrong = selectorsOf(
      'max by (project) (drift_nothing) > 0 or up{job="other"} == 0 or drift_psi{column="x"} or up{job="churn"}',
    );
    expect(wrong.map(blind)).toEqual([
      'no service exposes drift_nothing',
      'up has no series with job=other',
      'drift_psi has no series with column=x',
      null,
    ]);
  });

  it("are tested with series labelled as the services' are", () => {
    const input = [...read('ops/prometheus/rules-test.yml').matchAll(/series: '(.*)'/g)].flatMap(
      ([, series = '']) => parseSeries(series),
    );
    expect(input.length).toBeGreaterThan(10);
    const known = new Set(stored.map((series) => `${series.name}: ${labelNames(series)}`));
    // The target's labels that no rule looks at are left out of the test for its reader's sake.
    const target = { job: '', namespace: '', pod: '', container: '', endpoint: '', instance: '' };
    const tested = input.map(({ name, labels }) => {
      const full = { name, labels: { ...target, ...labels } };
      return `${name}: ${labelNames(full)}`;
    });
    expect(tested.filter((series) => !known.has(series))).toEqual([]);
  });

  it('look for the job that the Prometheus of the compose file gives every service', () => {
    const { scrape_configs } = parse(read('ops/prometheus/prometheus.yml'));
    const services = parse(read('docker-compose.yml')).services;
    const targets = scrape_configs.map(
      (config: { job_name: string; static_configs: { targets: string[] }[] }) => [
        config.job_name,
        ...config.static_configs.flatMap((one) => one.targets),
      ],
    );
    const expected = ['inference', 'ingestion', 'batch', 'training', 'monitoring', 'control'];
    expect(targets).toEqual([['churn', ...expected.map((name) => expect.stringMatching(`^${name}:\\d+$`))]]);
    expect(expected.filter((name) => services[name] === undefined)).toEqual([]);
    const jobs = ruleExpressions.flatMap(selectorsOf).flatMap(({ matchers }) => matchers);
    expect(new Set(jobs.flatMap(({ label, equals }) => (label === 'job' ? [equals] : [])))).toEqual(
      new Set(['churn']),
    );
  });

  it('each say what happened, how grave it is and where the remedy stands', () => {
    expect(alerts.size).toBe(13);
    const runbook = read('docs/runbook.md');
    for (const [name, text] of alerts) {
      expect(text).toMatch(/severity: (critical|warning)/);
      expect(text).toMatch(/summary: .+\n +description: .+\n/);
      expect(text).toContain(`runbook_url: docs/runbook.md#${name.toLowerCase()}`);
      expect(runbook).toContain(`\n## ${name}\n`);
    }
    expect([...runbook.matchAll(/^## (.*)$/gm)].map(([, name]) => name)).toEqual([...alerts.keys()]);
  });
});
