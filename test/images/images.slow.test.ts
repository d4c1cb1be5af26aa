import { chmodSync } from 'node:fs';
import {
  createTestDatabase,
  createTestLake,
  createTestRedis,
  eventually,
  freePort,
  type TestDatabase,
  type TestLake,
  type TestRedis,
} from '@churn/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { buildImages, type Container, imageOf, missingTools, run } from './podman.ts';

const missing = missingTools();
const SERVICES = ['control', 'inference', 'ingestion', 'batch', 'training', 'monitoring'];
/** A library of machine code that each image must be able to load, and how it says so. */
const NATIVE: Record<string, string> = {
  inference: "import('onnxruntime-node').then((ort) => console.log(typeof ort.InferenceSession))",
  ingestion: "import('@duckdb/node-api').then((duck) => console.log(typeof duck.DuckDBInstance))",
  training:
    "import('/app/services/training/child/xgboost-library.ts').then((x) => console.log(typeof x.loadXgboost(undefined).version))",
};
const BUILD_MS = 15 * 60_000;

if (missing.length > 0)
  process.stderr.write(`SKIPPED: images are not built, since ${missing.join(', ')} are not on the PATH\n`);

(missing.length > 0 ? describe.skip : describe)('the images', () => {
  let db: TestDatabase;
  let redis: TestRedis;
  let lake: TestLake;
  const started: Container[] = [];

  beforeAll(async () => {
    process.stderr.write(`\n${buildImages()}`);
    [db, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
    lake = createTestLake();
    chmodSync(lake.path, 0o777);
  }, BUILD_MS);

  // However a test ended.
  afterEach(() => {
    for (const container of started.splice(0)) container.remove();
  });

  afterAll(async () => {
    await redis.stop();
    await db.drop();
    lake.remove();
  });

  async function start(service: string): Promise<{ container: Container; url: string }> {
    const port = await freePort();
    const env = {
      DATABASE_URL: db.url,
      REDIS_URL: redis.url,
      LAKE_URL: 'file:///lake',
      HOST: '127.0.0.1',
      PORT: String(port),
    };
    const container = run(service, { env, lake: lake.path });
    started.push(container);
    const url = `http://127.0.0.1:${port}`;
    const ready = async () => {
      const answer = await fetch(`${url}/health/ready`);
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
      return true;
    };
    await eventually(ready, { timeoutMs: 30_000, everyMs: 100 }).catch((error) => {
      throw new Error(`${service} was not ready: ${error}\n${container.logs()}`);
    });
    return { container, url };
  }

  test.each(SERVICES)(
    '%s runs as nobody in particular, without capabilities, on a root that it cannot write',
    async (service) => {
      const { container } = await start(service);
      expect(container.status('Uid')).toMatch(/^10001\t10001\t/);
      expect(container.status('CapEff')).toBe('0000000000000000');
      expect(container.status('NoNewPrivs')).toBe('1');
      expect(container.readOnly()).toBe(true);
      expect(() => container.exec('node', '-e', "fs.writeFileSync('/app/x', '')")).toThrow('EROFS');
      expect(() => container.exec('sh', '-c', 'true')).toThrow('not found');
      expect(container.stop(10)).toBe(0);
    },
    120_000,
  );

  test.each(SERVICES)(
    'the health check of %s needs no shell and passes',
    async (service) => {
      const { container } = await start(service);
      const [kind, ...command] = imageOf(service).Healthcheck.Test;
      expect(kind).toBe('CMD');
      expect(container.exec(...command)).toBe('');
      // SIGKILL comes after 10 s: a process that had to be killed ends with 137.
      expect(container.stop(10)).toBe(0);
    },
    120_000,
  );

  test.each(Object.entries(NATIVE))(
    '%s loads its machine code',
    async (service, script) => {
      const { container } = await start(service);
      expect(container.exec('node', '-e', script)).toMatch(/^(function|string)$/);
    },
    120_000,
  );

  test('control applies the migrations as a job, and finds nothing to do the second time', async () => {
    const { container } = await start('control');
    expect(container.exec('node', 'services/control/migrate.ts')).toContain('the schema is up to date');
  }, 120_000);

  test.each(SERVICES)(
    '%s says what it is, of which commit, and what it consists of',
    async (service) => {
      const { Config } = imageOf(service);
      expect(Config.User).toBe('10001:10001');
      expect(Config.Env).toContain('ORT_DISABLE_TELEMETRY=1');
      expect(Config.Labels).toMatchObject({
        'org.opencontainers.image.title': `churn ${service}`,
        'org.opencontainers.image.revision': expect.stringMatching(/^[0-9a-f]{40}$/),
      });
      const { container } = await start(service);
      const bom = JSON.parse(container.exec('node', '-p', "fs.readFileSync('/app/sbom.cdx.json', 'utf8')"));
      const names = bom.components.map(({ name }: { name: string }) => name);
      expect(names).toContain('express');
      expect(names).not.toContain('jest');
      expect(names.includes('libxgboost0')).toBe(service === 'training');
    },
    120_000,
  );
});
