import { expect, test } from '@jest/globals';
import { Gauge } from 'prom-client';
import { createMetrics, sharedAnswer } from './metrics.ts';

test('two services in one process count each for itself, and say who they are', async () => {
  const [first, second] = [createMetrics('first'), createMetrics('second')];
  first.observeRequest('GET', '/things', 200, 0.01);
  expect(await first.registry.metrics()).toContain(
    'http_requests_total{method="GET",route="/things",status="200",service="first"} 1',
  );
  expect(await second.registry.metrics()).not.toContain('http_requests_total{');
});

test('a request is counted by status, and its time by method and route', async () => {
  const { registry, observeRequest } = createMetrics('test');
  observeRequest('GET', '/things', 200, 0.004);
  observeRequest('GET', '/things', 503, 0.3);
  const text = await registry.metrics();
  expect(text).toContain('http_requests_total{method="GET",route="/things",status="503",service="test"} 1');
  const bucket = (le: number) =>
    `http_request_duration_seconds_bucket{le="${le}",service="test",method="GET",route="/things"}`;
  expect(text).toContain(`${bucket(0.005)} 1\n`);
  expect(text).toContain(`${bucket(0.5)} 2\n`);
});

test('what the process itself does is there too', async () => {
  const text = await createMetrics('test').registry.metrics();
  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_seconds',
  ])
    expect(text).toMatch(new RegExp(`^${name}\\b`, 'm'));
});

test('gauges of one scrape ask once, and the next scrape asks again', async () => {
  let asked = 0;
  const ask = sharedAnswer(async () => ++asked);
  const { registry } = createMetrics('test');
  for (const name of ['a', 'b'])
    new Gauge({
      name,
      help: name,
      registers: [registry],
      async collect() {
        this.set((await ask()) ?? -1);
      },
    });
  expect(await registry.metrics()).toMatch(/^a\{[^\n]*\} 1\n.*^b\{[^\n]*\} 1$/ms);
  expect(await registry.metrics()).toMatch(/^a\{[^\n]*\} 2\n.*^b\{[^\n]*\} 2$/ms);
});

test('a question that fails leaves a scrape whole, and is asked again', async () => {
  let asked = 0;
  const ask = sharedAnswer(async () => {
    if (++asked === 1) throw new Error('away');
    return asked;
  });
  expect(await ask()).toBeUndefined();
  expect(await ask()).toBe(2);
});
