import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRIFT_STATISTICS } from '@churn/statistics';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const rules = read('ops/prometheus/rules.yml');
/** Each alert's text, by its name. */
const alerts = new Map(
  rules
    .split(/^ {6}- alert: /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text]),
);
const ruleExpressions = [...alerts.values()].map(
  (text) => /^ +expr: ([\s\S]*?)^ {8}(?:for|labels):/m.exec(text)?.[1] ?? '',
);
const panelExpressions = [...read('ops/grafana/churn.json').matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(
  ([, expression]) => expression ?? '',
);

/** Names that the metrics.ts files, the platform and the list of drift statistics declare; a histogram has a series for its buckets, sum and count. */
function declaredSeries(): Set<string> {
  const files = ['shared/platform/metrics.ts'];
  for (const service of readdirSync(join(ROOT, 'services')))
    if (readdirSync(join(ROOT, 'services', service)).includes('metrics.ts'))
      files.push(`services/${service}/metrics.ts`);
  const names = files.flatMap((file) =>
    [...read(file).matchAll(/(?:name: |gauge\()'([a-z_]+)'/g)].map(([, name]) => name ?? ''),
  );
  return new Set([
    'up',
    ...DRIFT_STATISTICS.map(({ name }) => `drift_${name}`),
    ...names.flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]),
  ]);
}

/** Metric names of an expression: words that are neither a label, a function, nor PromQL's own. */
function seriesOf(expression: string): string[] {
  const bare = expression.replace(/\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)/g, ' ');
  return [...bare.matchAll(/\b([a-z][a-z_0-9]*)\b(?!\s*\()/g)]
    .map(([, word]) => word ?? '')
    .filter((word) => !['sum', 'max', 'min', 'by', 'h'].includes(word));
}

describe('alerts and dashboard', () => {
  it('name metrics that some service declares', () => {
    const declared = declaredSeries();
    const named = [...ruleExpressions, ...panelExpressions].flatMap(seriesOf);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !declared.has(name))).toEqual([]);
    expect(seriesOf('max by (project) (drift_nothing{a="b"}) > 0')).toEqual(['drift_nothing']);
    expect(declared.has('drift_nothing')).toBe(false);
  });

  it('each say what happened, how grave it is and where the remedy stands', () => {
    expect(alerts.size).toBe(10);
    const runbook = read('docs/runbook.md');
    for (const [name, text] of alerts) {
      expect(text).toMatch(/severity: (critical|warning)/);
      expect(text).toMatch(/summary: .+\n +description: .+\n/);
      expect(text).toContain(`runbook_url: docs/runbook.md#${name.toLowerCase()}`);
      expect(runbook).toContain(`\n## ${name}\n`);
    }
    expect([...runbook.matchAll(/^## (.*)$/gm)].map(([, name]) => name)).toEqual(
      expect.arrayContaining([...alerts.keys()]),
    );
  });
});
