import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';

const read = (path: string) => readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8');
const service = z.looseObject({
  image: z.string(),
  build: z.object({ context: z.literal('.'), target: z.string() }).optional(),
});
const { services } = z
  .object({ services: z.record(z.string(), service) })
  .parse(parse(read('docker-compose.yml'), { merge: true }));

const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);
const asked = (...command: string[]) => ({ test: ['CMD', ...command] });

/** How those that are not of ours are asked whether they are well; ours bring it with their image. */
const HEALTH: Record<string, object> = {
  postgres: { test: ['CMD-SHELL', 'pg_isready -U churn'] },
  features: asked('redis-cli', 'ping'),
  queues: asked('redis-cli', 'ping'),
  prometheus: asked('wget', '-qO-', 'http://127.0.0.1:9090/-/ready'),
  alertmanager: asked('wget', '-qO-', 'http://127.0.0.1:9093/-/ready'),
  grafana: asked('wget', '-qO-', 'http://127.0.0.1:3000/api/health'),
};
const MEMORY: Record<string, string> = {
  ...{ postgres: '2g', features: '1g', queues: '1g', migrate: '1g', control: '1g', inference: '1g' },
  ...{ ingestion: '3g', batch: '4g', training: '4g', monitoring: '2g' },
  ...{ prometheus: '1g', alertmanager: '256m', grafana: '1g' },
};

test.each(Object.entries(services))('%s is bounded, gains no privilege and comes back', (name, service) => {
  expect(service).toMatchObject({
    mem_limit: MEMORY[name] ?? 'of a service that this test does not know',
    cpus: 2,
    pids_limit: 512,
    security_opt: ['no-new-privileges:true'],
    restart: name === 'migrate' ? 'no' : 'unless-stopped',
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
  });
});

test.each(Object.entries(services))('%s is asked whether it is well', (name, service) => {
  const own = name === 'migrate' ? { disable: true } : HEALTH[name];
  expect(service.healthcheck).toEqual(own === undefined ? undefined : expect.objectContaining(own));
});

test('the images of ours are asked by a health check of their own', () => {
  const [stage] = /^FROM \$\{BASE\} AS service$[\s\S]*?(?=^FROM )/m.exec(read('Dockerfile')) ?? [];
  expect(stage).toMatch(/^HEALTHCHECK --interval=10s .*\\\n {2}CMD \["node", .*\/health\/ready/m);
  expect(stage).toMatch(/^USER 10001:10001$/m);
});

describe.each(ours)('%s', (name, service) => {
  test('has a root that it cannot write, no capability, and time to end', () => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], stop_grace_period: '15s' });
  });

  test('starts when what it needs is there', () => {
    const healthy = { condition: 'service_healthy' };
    expect(service.depends_on).toEqual(
      name === 'migrate'
        ? { postgres: healthy }
        : {
            migrate: { condition: 'service_completed_successfully' },
            features: healthy,
            queues: healthy,
          },
    );
  });

  test('can write to /tmp, in memory or on the disk', () => {
    expect([service.tmpfs, service.volumes].flat()).toContain('/tmp');
  });
});

test('what must outlive a container is kept, and what is read only is mounted so', () => {
  const lake = ['lake:/lake', '/tmp'];
  expect(
    Object.entries(services).flatMap(([name, { volumes }]) => (volumes ? [[name, volumes]] : [])),
  ).toEqual([
    ['postgres', ['postgres:/var/lib/postgresql']],
    ['queues', ['queues:/data']],
    ...['ingestion', 'batch', 'training', 'monitoring'].map((name) => [name, lake]),
    [
      'prometheus',
      [
        './ops/prometheus/prometheus.yml:/etc/prometheus/prometheus.yml:ro',
        './ops/prometheus/rules.yml:/etc/prometheus/rules.yml:ro',
        'prometheus:/prometheus',
      ],
    ],
    [
      'alertmanager',
      [
        './ops/alertmanager/alertmanager.yml:/etc/alertmanager/alertmanager.yml:ro',
        'alertmanager:/alertmanager',
      ],
    ],
    [
      'grafana',
      [
        './ops/grafana/provisioning:/etc/grafana/provisioning:ro',
        './ops/grafana/churn.json:/var/lib/grafana/dashboards/churn.json:ro',
        'grafana:/var/lib/grafana',
      ],
    ],
  ]);
});

test('neither Redis evicts, and the one of the queues keeps a log of what it was told', () => {
  const said = (name: string) => [services[name]?.command].flat().join(' ');
  expect(said('features')).toBe(
    'redis-server --save  --appendonly no --maxmemory 768mb --maxmemory-policy noeviction',
  );
  expect(said('queues')).toBe(
    'redis-server --appendonly yes --maxmemory 384mb --maxmemory-policy noeviction',
  );
});

test.each(ours)('%s knows the stores by name', (_, { environment }) => {
  expect(environment).toMatchObject({
    FEATURE_REDIS_URL: 'redis://features:6379',
    QUEUE_REDIS_URL: 'redis://queues:6379',
    LAKE_URL: 'file:///lake',
  });
});

test('ports are those of this host alone', () => {
  const ports = Object.values(services).flatMap((service) => service.ports ?? []);
  expect(ports.length).toBe(9);
  expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(String(port)))).toEqual([]);
});

test('an image of ours is named after what the Dockerfile builds for it, and all that it builds are there', () => {
  const targets = [...read('Dockerfile').matchAll(/^FROM service AS (\w+)$/gm)].map(([, target]) => target);
  expect(new Set(ours.map(([, { build }]) => build?.target))).toEqual(new Set(targets));
  for (const [, { build, image }] of ours) expect(image).toMatch(`churn/${build?.target}:`);
});

test('ONNX Runtime is told in the image, too, to keep its telemetry to itself', () => {
  expect(read('Dockerfile')).toMatch(/^ENV [^\n]*\bORT_DISABLE_TELEMETRY=1\b/m);
});
