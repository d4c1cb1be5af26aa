/**
 * Starts a real control plane, runs the tests of this folder against it, and ends it: npm run test:k8s [-- a test file's name].
 *
 * CONTROL_PLANE names a folder with start.sh DIR PORT (etcd, API server, controllers, scheduler; kubectl and helm in DIR/bin; DIR/kubeconfig),
 * stop.sh DIR and fake-kubelet.mjs DIR PORT (plays a node whose pods run at once, and metrics.k8s.io from DIR/cpu and DIR/memory).
 * Without it the suite is skipped, aloud. Definitions of KEDA, Gateway API and the Prometheus operator come from their Go modules.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitions } from './definitions.ts';

const PORT = 21_490;
const PARTS = ['start.sh', 'stop.sh', 'fake-kubelet.mjs'];

const say = (text: string) => process.stderr.write(`${text}\n`);

const source = process.env.CONTROL_PLANE ?? '';
if (source === '') {
  say(`SKIPPED: the Kubernetes suite. Set CONTROL_PLANE to a folder with ${PARTS.join(', ')}.`);
  process.exit(0);
}
const absent = PARTS.filter((part) => !existsSync(join(source, part)));
if (absent.length > 0) {
  say(`CONTROL_PLANE=${source} has no ${absent.join(', ')}. Name a folder that has, or unset it.`);
  process.exit(1);
}

const dir = mkdtempSync(join(tmpdir(), 'churn-control-plane-'));
const environment = {
  ...process.env,
  KUBECONFIG: join(dir, 'kubeconfig'),
  PATH: `${join(dir, 'bin')}:${process.env.PATH}`,
  TEST_CLUSTER: dir,
};
let kubelet: ChildProcess | undefined;
let heartbeat: NodeJS.Timeout | undefined;
let tests: ChildProcess | undefined;
// Ctrl-C reaches the tests by itself; their end is the way to the end of everything here.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => tests?.kill());
try {
  run('bash', [join(source, 'start.sh'), dir, String(PORT)]);
  kubelet = spawn(process.execPath, ['--no-warnings', join(source, 'fake-kubelet.mjs'), dir, String(PORT)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  heartbeat = setInterval(sayReady, 5_000);
  process.exitCode = await runTests(define());
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  clearInterval(heartbeat);
  kubelet?.kill();
  spawnSync('bash', [join(source, 'stop.sh'), dir], { stdio: 'ignore' });
  rmSync(dir, { recursive: true, force: true });
}

/** Runs a program to its end; throws with what it said when it fails. */
function run(program: string, args: readonly string[]): void {
  // A file, not a pipe: what start.sh leaves running may hold it open.
  const stderr = join(dir, 'stderr');
  const file = openSync(stderr, 'w');
  const { status, signal } = spawnSync(program, args, {
    env: environment,
    stdio: ['ignore', 'ignore', file],
    timeout: 180_000,
  });
  if (status !== 0)
    throw new Error(
      `${program} ${args.join(' ')} ended with ${signal ?? status}:\n${readFileSync(stderr, 'utf8')}`,
    );
}

/** Gives the cluster the custom resource definitions; returns the kinds whose definitions cannot be had. */
function define(): string[] {
  const { folders, missing } = definitions();
  for (const { module, kinds } of missing)
    say(`SKIPPED: what concerns ${kinds.join(', ')}: \`go mod download\` cannot fetch ${module}.`);
  for (const folder of folders) run('kubectl', ['apply', '--server-side', '--filename', folder]);
  if (folders.length > 0)
    run('kubectl', ['wait', '--for', 'condition=established', 'crd', '--all', '--timeout', '60s']);
  return missing.flatMap(({ kinds }) => kinds);
}

async function runTests(undefinedKinds: readonly string[]): Promise<number> {
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--runInBand'];
  const which = process.argv.slice(2);
  const files = which.length === 0 ? ['test/kubernetes'] : which.map((name) => `test/kubernetes/.*${name}`);
  tests = spawn(process.execPath, [...jest, ...files], {
    env: { ...environment, SLOW: '1', UNDEFINED_KINDS: undefinedKinds.join(',') },
    stdio: 'inherit',
  });
  const [code] = await once(tests, 'exit');
  return code ?? 1;
}

/** The fake node says that it is ready only once; after 50 s of silence its pods would be evicted. */
function sayReady(): void {
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'Fake',
    lastHeartbeatTime: new Date().toISOString(),
  };
  const patch = JSON.stringify({ status: { conditions: [ready] } });
  spawn('kubectl', ['patch', 'node', 'fake0', '--subresource', 'status', '--patch', patch], {
    env: environment,
    stdio: 'ignore',
  });
}
