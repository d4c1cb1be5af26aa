import { loadConfig } from '@churn/platform';
import { sampleProject } from '@churn/testing';
import { expect, test } from '@jest/globals';
import { createClient } from '../client.ts';
import { serviceUrls, URL_SETTINGS } from '../services.ts';
import type { Story } from './story.ts';
import { summary } from './summary.ts';

const story: Story = {
  client: createClient({ urls: serviceUrls(loadConfig('test', URL_SETTINGS, {})) }),
  ir: sampleProject(),
  files: [],
  signal: new AbortController().signal,
  imports: [],
  model: null,
  run: null,
  drift: { drifted: 0, columns: 3, report: '/drift/1/report' },
  example: { customer: "o'hara", probability: 0.9 },
};
const CURL = `curl -s http://127.0.0.1:8000/predict -H 'content-type: application/json' -d '{"customer_id":"o'\\''hara"}'`;

test('while it serves, the summary ends in where things are and a line to paste', () => {
  const text = summary(story, [], { stopped: false });
  expect(text).toContain('http://127.0.0.1:8004/drift/1/report');
  expect(text.endsWith(`Try it:\n  ${CURL}`)).toBe(true);
});

test('once everything is stopped it gives no place where nothing listens, but how to serve again', () => {
  const text = summary(story, [], { stopped: true });
  expect(text).not.toContain('8004');
  expect(text).toMatch(/Everything has been stopped\. `npm start` serves it again in seconds; then try:\n/);
  expect(text.endsWith(CURL)).toBe(true);
});
