import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../..');
/** Without the kernel's overlay and without systemd, as in a container of a build machine. */
const ENV = { STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot', ...process.env };
const PODMAN = ['--cgroup-manager', 'cgroupfs', '--runtime', 'runc'];
const REGISTRY = 'localhost/churn';
const TAG = 'test';

/** What is missing for images to be built and run here; empty when nothing is. */
export function missingTools(): string[] {
  return ['buildah', 'podman', 'runc'].filter((tool) => {
    try {
      execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
}

/** Builds every image with bin/build-images, on BASE and BUILD of the environment or on bases made of this machine's files. Returns its list. */
export function buildImages(): string {
  const bases =
    process.env.BASE === undefined
      ? { BASE: 'localhost/churn-base', BUILD: 'localhost/churn-build-base' }
      : { BASE: process.env.BASE, BUILD: process.env.BUILD ?? process.env.BASE };
  if (process.env.BASE === undefined)
    execFileSync('bash', ['test/images/local-bases.sh', process.execPath], {
      cwd: ROOT,
      env: ENV,
      stdio: 'pipe',
    });
  return execFileSync(resolve(ROOT, 'bin/build-images'), [REGISTRY, TAG], {
    cwd: ROOT,
    env: { ...ENV, ...bases },
    encoding: 'utf8',
  });
}

function podman(...args: string[]): string {
  return execFileSync('podman', [...PODMAN, ...args], { env: ENV, encoding: 'utf8', stdio: 'pipe' }).trim();
}

const inspected = z.array(
  z.object({
    State: z.object({ Pid: z.number(), ExitCode: z.number() }),
    HostConfig: z.object({ ReadonlyRootfs: z.boolean() }),
  }),
);

export interface Container {
  /** Runs a command in it; throws with its stderr when it fails. */
  exec(...command: string[]): string;
  /** A field of /proc/<pid>/status of its process. */
  status(field: string): string;
  readOnly(): boolean;
  logs(): string;
  /** SIGTERM, and SIGKILL after `graceSeconds`; returns the exit code, 137 when it had to be killed. */
  stop(graceSeconds: number): number;
  /** Ends it at once, if it is still there, and takes it away. */
  remove(): void;
}

/** Starts an image as the manifests do: read-only root, no capability, no new privilege, /tmp in memory, the lake mounted. */
export function run(service: string, options: { env: Record<string, string>; lake: string }): Container {
  const settings = Object.entries(options.env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024', '--memory', '1g'];
  const locked = ['--read-only', '--cap-drop', 'all', '--security-opt', 'no-new-privileges'];
  const mounts = ['--tmpfs', '/tmp', '--volume', `${options.lake}:/lake`];
  const rest = ['--no-healthcheck', '--pull', 'never', '--network', 'host'];
  const id = podman(
    ...['run', '--detach', ...limits, ...locked, ...mounts, ...rest, ...settings],
    `${REGISTRY}/${service}:${TAG}`,
  );
  const state = () => {
    const [found] = inspected.parse(JSON.parse(podman('inspect', id)));
    if (found === undefined) throw new Error(`podman knows no container ${id}.`);
    return found;
  };
  return {
    exec: (...command) => podman('exec', id, ...command),
    status(field) {
      const text = readFileSync(`/proc/${state().State.Pid}/status`, 'utf8');
      return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
    },
    readOnly: () => state().HostConfig.ReadonlyRootfs,
    logs: () => podman('logs', id),
    stop(graceSeconds) {
      podman('stop', '--time', String(graceSeconds), id);
      return state().State.ExitCode;
    },
    remove: () => void podman('rm', '--force', '--ignore', '--time', '0', id),
  };
}

const imageConfig = z.array(
  z.object({
    Config: z.object({
      User: z.string(),
      Env: z.array(z.string()),
      Labels: z.record(z.string(), z.string()),
    }),
    Healthcheck: z.object({ Test: z.array(z.string()) }),
  }),
);

export function imageOf(service: string): z.infer<typeof imageConfig>[number] {
  const [found] = imageConfig.parse(JSON.parse(podman('image', 'inspect', `${REGISTRY}/${service}:${TAG}`)));
  if (found === undefined) throw new Error(`There is no image of ${service}.`);
  return found;
}
