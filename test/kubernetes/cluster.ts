import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { eventually } from '@churn/testing';

const ROOT = resolve(import.meta.dirname, '../..');
const CHART = join(ROOT, 'helm/churn');

export interface Outcome {
  ok: boolean;
  stdout: string;
  stderr: string;
}

/** Runs kubectl or helm against the suite's control plane; never throws for what they refuse. */
export function attempt(tool: 'kubectl' | 'helm', args: readonly string[], input = ''): Promise<Outcome> {
  return new Promise((done) => {
    const child = execFile(tool, args, { maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
      done({ ok: error === null, stdout, stderr }),
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

async function must(tool: 'kubectl' | 'helm', args: readonly string[], input = ''): Promise<string> {
  const { ok, stdout, stderr } = await attempt(tool, args, input);
  if (!ok) throw new Error(`${tool} ${args.join(' ')}: ${stderr}`);
  return stdout;
}
export const kubectl = (...args: string[]): Promise<string> => must('kubectl', args);
export const helm = (...args: string[]): Promise<string> => must('helm', args);

/** The chart's objects, one text each. `values` names a values file of the chart: dev, small, large or seed. */
export async function render(values: string | undefined, ...args: string[]): Promise<string[]> {
  const file = values === undefined ? [] : ['--values', join(CHART, `values-${values}.yaml`)];
  const text = await helm('template', 'churn', CHART, '--kube-version', '1.37.0', ...file, ...args);
  return text.split(/^---\n/m).filter((object) => /^kind:/m.test(object));
}

/** What the API server says to objects without keeping them. */
export function dryRun(objects: string, namespace: string): Promise<Outcome> {
  const how = ['--dry-run=server', '--validate=strict', '--namespace', namespace, '--filename', '-'];
  return attempt('kubectl', ['apply', ...how], objects);
}

/** The field at a JSON path of one object, as text. */
export function field(namespace: string, object: string, path: string): Promise<string> {
  return kubectl('--namespace', namespace, 'get', object, '--output', `jsonpath={${path}}`);
}

export interface Namespace {
  name: string;
  remove(): Promise<void>;
}

/** A volume for the claim of the lake: nothing here would make one. */
const volume = (namespace: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: namespace },
  spec: {
    capacity: { storage: '50Gi' },
    accessModes: ['ReadWriteMany'],
    claimRef: { namespace, name: 'churn-lake' },
    hostPath: { path: '/nowhere' },
  },
});

/** A namespace of its own that admits only pods of the restricted profile, with the Secret and the volume that a release needs. */
export async function restrictedNamespace(): Promise<Namespace> {
  const name = `churn-${randomBytes(4).toString('hex')}`;
  await kubectl('create', 'namespace', name);
  await kubectl('label', 'namespace', name, 'pod-security.kubernetes.io/enforce=restricted');
  const settings = ['DATABASE_URL=postgres://x', 'FEATURE_REDIS_URL=redis://x', 'QUEUE_REDIS_URL=redis://x'];
  const literals = settings.map((pair) => `--from-literal=${pair}`);
  await kubectl('--namespace', name, 'create', 'secret', 'generic', 'churn', ...literals);
  await must('kubectl', ['create', '--filename', '-'], JSON.stringify(volume(name)));
  return { name, remove: async () => void (await kubectl('delete', 'namespace', name, '--wait=false')) };
}

/** What stood there while a migration ran. */
export interface Migration {
  pod: string;
  /** Of the Deployments at that time. */
  images: string[];
}

/** Installs or upgrades the release `churn`; returns its migrations. */
export function release(namespace: string, ...args: string[]): Promise<Migration[]> {
  const values = ['--namespace', namespace, '--timeout', '2m', ...args];
  return migrating(namespace, () => helm('upgrade', '--install', 'churn', CHART, ...values));
}

/** Does what waits for migrations and plays their pods meanwhile, which the fake node would leave running. Returns them. */
export async function migrating(namespace: string, work: () => Promise<unknown>): Promise<Migration[]> {
  const done = new AbortController();
  const playing = finishMigrations(namespace, done.signal);
  try {
    await work();
  } finally {
    done.abort();
    await playing;
  }
  return playing;
}

async function finishMigrations(namespace: string, signal: AbortSignal): Promise<Migration[]> {
  const migrations: Migration[] = [];
  const select = ['--selector', 'app.kubernetes.io/component=migrate'];
  const running = ['--field-selector', 'status.phase=Running', '--output', 'name'];
  const images = 'jsonpath={.items[*].spec.template.spec.containers[0].image}';
  const get = async (...what: string[]) => {
    const { stdout } = await attempt('kubectl', ['--namespace', namespace, 'get', ...what]);
    return stdout.split(/\s+/).filter(Boolean);
  };
  while (!signal.aborted) {
    for (const pod of await get('pods', ...select, ...running)) {
      if (!migrations.some((one) => one.pod === pod))
        migrations.push({ pod, images: await get('deployments', '--output', images) });
      const patch = ['--subresource', 'status', '--patch', '{"status":{"phase":"Succeeded"}}'];
      await attempt('kubectl', ['--namespace', namespace, 'patch', pod, ...patch]);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return migrations;
}

/** Resolves when every Deployment of the namespace is rolled out. */
export async function rolledOut(namespace: string): Promise<void> {
  const names = await kubectl('--namespace', namespace, 'get', 'deployments', '--output', 'name');
  for (const name of names.split('\n').filter(Boolean))
    await kubectl('--namespace', namespace, 'rollout', 'status', name, '--timeout', '60s');
}

/** What metrics.k8s.io says of each pod from now on: millicores and MiB. */
export function setUsage({ cpu, memory }: { cpu: number; memory: number }): void {
  const dir = process.env.TEST_CLUSTER;
  if (dir === undefined) throw new Error('There is no control plane: run npm run test:k8s.');
  writeFileSync(join(dir, 'cpu'), String(Math.round(cpu)));
  writeFileSync(join(dir, 'memory'), String(Math.round(memory)));
}

/** Waits for a field to have a value; under a loaded machine a controller may take its time. */
export function becomes(namespace: string, object: string, path: string, value: string): Promise<true> {
  return eventually(async () => (await field(namespace, object, path)) === value || false, {
    timeoutMs: 60_000,
    everyMs: 200,
  });
}
