import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '@churn/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

let root: string;
let plane: string;
let temporary: string;
beforeEach(() => {
  root = testFolder('control-plane');
  plane = join(root, 'plane');
  temporary = join(root, 'tmp');
  for (const folder of [plane, temporary]) mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** npm run test:k8s with that CONTROL_PLANE: its exit code and what it says. */
function suite(controlPlane: string | undefined) {
  const { PATH } = process.env;
  const env = {
    PATH,
    TMPDIR: temporary,
    ...(controlPlane === undefined ? {} : { CONTROL_PLANE: controlPlane }),
  };
  const script = join(import.meta.dirname, 'with-control-plane.ts');
  const { status, stderr } = spawnSync(process.execPath, ['--no-warnings', script], {
    env,
    encoding: 'utf8',
  });
  return { status, stderr };
}

/** A part of a control plane that does what a shell script says. */
const part = (name: string, script: string) => writeFileSync(join(plane, name), `${script}\n`);

test.each([undefined, ''])('the suite is skipped, aloud, when CONTROL_PLANE is %p', (value) => {
  expect(suite(value)).toEqual({
    status: 0,
    stderr:
      'SKIPPED: the Kubernetes suite. Set CONTROL_PLANE to a folder with start.sh, stop.sh, fake-kubelet.mjs.\n',
  });
});

test('a folder without its parts is named, with what is not there', () => {
  part('stop.sh', '');
  expect(suite(plane)).toEqual({
    status: 1,
    stderr: `CONTROL_PLANE=${plane} has no start.sh, fake-kubelet.mjs. Name a folder that has, or unset it.\n`,
  });
});

test('a control plane that does not start says why, is stopped, and leaves nothing', () => {
  part('start.sh', 'echo "there is no etcd" >&2; exit 3');
  part('stop.sh', `echo "$1" >${root}/stopped`);
  part('fake-kubelet.mjs', '');
  const { status, stderr } = suite(plane);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^bash \S+start\.sh \S+ 21490 ended with 3:\nthere is no etcd\n\n$/);
  expect(readdirSync(temporary)).toEqual([]);
  expect(readdirSync(root)).toContain('stopped');
});
