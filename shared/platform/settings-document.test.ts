import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { settings } from './settings.ts';
import { settingsDocument } from './settings-document.ts';

const written = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8');

test('docs/settings.md is what the declarations say', () => {
  if (written !== settingsDocument())
    throw new Error('docs/settings.md is out of date. Renew it: npm run docs:settings');
});

test('every setting has a row with its meaning', () => {
  for (const [name, { meaning }] of Object.entries(settings)) {
    expect(written).toMatch(new RegExp(`^\\| \`${name}\` +\\|.*\\|$`, 'm'));
    expect(written).toContain(meaning);
  }
});
