import { driftOf } from '@churn/statistics';
import { describe, expect, it } from '@jest/globals';
import { worstFirst } from '../compare.ts';
import type { ColumnDrift } from '../queries/save-check.ts';
import { elementsOf } from '../testing/html.ts';
import { renderReport } from './report.ts';

const ramp = (shift: number, rows = 1000) => Float32Array.from({ length: rows }, (_, row) => row + shift);
const column = (name: string, shift: number, rows = 1000): ColumnDrift => ({
  column: name,
  ...driftOf(ramp(0), ramp(shift, rows)),
});
const HOSTILE = `purchases@1:<img src="https://evil.example/x" onerror='alert(1)'>&"`;
const COLUMNS = [
  column('purchases@1:same', 0),
  column('purchases@1:far', 500),
  column('purchases@1:near', 60),
  column('returns@2:same', 0, 10),
  column(HOSTILE, 200),
].sort(worstFirst);

function render(columns: readonly ColumnDrift[] = COLUMNS, isStatic = false): string {
  const check = {
    driftRunId: 'd',
    projectId: 'shop',
    batchRunId: 'b',
    attempt: 1,
    tries: 1,
    model: 'churn<script>',
    modelVersion: 3,
    snapshotPath: '',
    predictionDate: '2026-03-05',
  };
  const madeAt = new Date('2026-03-05T02:00:00Z');
  return renderReport({ check, columns, referenceRows: 1000, currentRows: 1000, isStatic, madeAt });
}
const html = render();
const elements = elementsOf(html);
const named = (name: string) => elements.filter((element) => element.name === name);

describe('the report', () => {
  it('needs nothing else: no script, no address', () => {
    for (const name of ['script', 'link', 'img', 'iframe', 'image', 'use', 'a'])
      expect(named(name)).toEqual([]);
    for (const { attributes } of elements) {
      expect(Object.keys(attributes).filter((name) => /^(src|href|xlink:href|on.*)$/.test(name))).toEqual([]);
      for (const value of Object.values(attributes)) expect(value).not.toMatch(/^\w+:\/\/|url\(/);
    }
    expect(
      named('style')
        .map(({ text }) => text)
        .join(),
    ).not.toMatch(/url\(|@import/);
  });

  it('shows names as text, whatever they hold', () => {
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;img src=&quot;https://evil.example/x&quot;');
  });

  it('lists the worst first, and columns that were not compared last with the reason', () => {
    const rows = named('tr').map(({ text }) => text);
    expect(rows.slice(1)).toEqual([
      expect.stringMatching(/^far purchases@1drifted\d\.\d{3}0\.500/),
      expect.stringMatching(/^&lt;img.*drifted/),
      expect.stringMatching(/^near purchases@1(stable|moderate)0\.0/),
      expect.stringMatching(/^same purchases@1stable0\.0000\.000/),
      expect.stringMatching(/^same returns@2not comparednot enough data: 10 rows now.*0\.0%0\.0%$/),
    ]);
    expect(html).toContain('2 of 5 columns have drifted. 1 could not be compared.');
  });

  it('draws reference and now side by side for each column that was compared', () => {
    expect(named('figure')).toHaveLength(4);
    const [far] = named('figure');
    expect(far?.attributes['aria-label']).toMatch(/^purchases@1:far: drifted, PSI \d/);
    // The lower half is empty now, and the highest bin has six tenths: the longest bar.
    expect(far?.text).toMatch(/^far purchases@1 drifted≤ 99.910%0%\n.*&gt; 899.110%60%$/s);
    const bars = named('i').filter(({ attributes }) => attributes.style);
    expect(bars.slice(18, 20).map(({ attributes }) => [attributes.class, attributes.style])).toEqual([
      ['then', 'width:16.7%'],
      ['now', 'width:100.0%'],
    ]);
  });

  it('says what is missing only where something is', () => {
    expect(named('figure').some(({ text }) => text.includes('missing'))).toBe(false);
    const gone = ramp(0).map((value) => (value % 4 === 0 ? Number.NaN : value));
    const holes = { column: 'purchases@1:holes', ...driftOf(ramp(0), gone) };
    expect(render([holes])).toMatch(/missing<.*>25%</);
  });

  it('leaves what did not move folded away', () => {
    const [help, stable] = named('details');
    expect(help?.text).toContain('How to read this');
    expect(stable?.text).toMatch(/^2 stable columnsnear .*same /s);
    expect(stable?.text).not.toContain('far ');
  });

  it('scrolls its table sideways on a narrow screen, not the page', () => {
    const wide = elements.findIndex(({ attributes }) => attributes.class === 'wide');
    expect(elements[wide + 1]?.name).toBe('table');
    expect(named('style')[0]?.text).toContain('.wide{overflow-x:auto}');
  });

  it('has colours for light and for dark', () => {
    const style = named('style')[0]?.text;
    expect(style).toContain('color-scheme:light dark');
    expect(style).toContain('@media(prefers-color-scheme:dark)');
  });

  it('does not say that nothing drifted when nothing could be compared', () => {
    expect(render([column('purchases@1:same', 0, 10)])).toContain('Nothing could be compared');
    expect(render([column('purchases@1:same', 0)])).toContain('No column has drifted.');
  });

  it('says of a finished data set that drift with time is expected, and of no other', () => {
    const words = 'drift that grows with time is expected';
    expect([render(COLUMNS, true).includes(words), html.includes(words)]).toEqual([true, false]);
  });
});
