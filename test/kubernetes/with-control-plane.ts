/**
 * Starts a real control plane, runs the tests of this folder against it, and ends it: npm run test:k8s [-- a test file's name].
 *
 * CONTROL_PLANE names a folder with start.sh DIR PORT (etcd, API server, controllers, scheduler; kubectl and helm in DIR/bin; DIR/kubeconfig),
 * stop.sh DIR and fake-kubelet.mjs DIR PORT (plays a node whose pods run at once, and metrics.k8s.io from DIR/cpu and DIR/memory).
 * Without it the suite is skipped, aloud. Definitions of KEDA, Gateway API and the Prometheus operator come from their Go modules.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PORT = 21_490;
const CRDS = [
  ['github.com/kedacore/keda/v2@v2.21.0', 'config/crd/bases'],
  ['sigs.k8s.io/gateway-api@v1.4.0', 'config/crd/standard'],
  ['github.com/prometheus-operator/prometheus-operator@v0.85.0', 'example/prometheus-operator-crd'],
] as const;

const say = (text: string) => process.stderr.write(`${text}\n`);
const source = process.env.CONTROL_PLANE;
if (source === undefined) {
  say(
    'SKIPPED: the Kubernetes suite. Set CONTROL_PLANE to a folder with start.sh, stop.sh and fake-kubelet.mjs.',
  );
  process.exit(0);
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
try {
  execFileSync('bash', [join(source, 'start.sh'), dir, String(PORT)], { stdio: 'ignore' });
  kubelet = spawn(process.execPath, ['--no-warnings', join(source, 'fake-kubelet.mjs'), dir, String(PORT)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  heartbeat = setInterval(sayReady, 5_000);
  for (const folder of definitions())
    execFileSync('kubectl', ['apply', '--server-side', '--filename', folder], {
      env: environment,
      stdio: 'ignore',
    });
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--runInBand'];
  const which = process.argv.slice(2);
  const files = which.length === 0 ? ['test/kubernetes'] : which.map((name) => `test/kubernetes/.*${name}`);
  const tests = spawn(process.execPath, [...jest, ...files], {
    env: { ...environment, SLOW: '1' },
    stdio: 'inherit',
  });
  const [code] = await once(tests, 'exit');
  process.exitCode = code ?? 1;
} finally {
  clearInterval(heartbeat);
  kubelet?.kill();
  execFileSync('bash', [join(source, 'stop.sh'), dir], { stdio: 'ignore' });
  rmSync(dir, { recursive: true, force: true });
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

/** The folders of custom resource definitions; those whose module cannot be had are named and left out. */
function definitions(): string[] {
  return CRDS.flatMap(([module, folder]) => {
    try {
      const answer = execFileSync('go', ['mod', 'download', '-json', module], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
      const found: unknown = JSON.parse(answer).Dir;
      return [join(String(found), folder)];
    } catch {
      say(`SKIPPED: the definitions of ${module}: \`go mod download\` cannot fetch them.`);
      return [];
    }
  });
}
