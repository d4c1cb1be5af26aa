import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isAlive } from '@churn/embedded';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import { testFolder } from './test-folder.ts';

const BOOTSTRAP = resolve(import.meta.dirname, '../../bin/bootstrap');
/** Only there to end a hang. */
const PATIENT = { timeoutMs: 60_000 };

let checkout: string;
let tools: string;
beforeEach(() => {
  checkout = testFolder('bootstrap');
  tools = join(checkout, 'tools');
  for (const folder of ['tools', 'bin']) mkdirSync(join(checkout, folder));
  copyFileSync(BOOTSTRAP, join(checkout, 'bin/bootstrap'));
  writeFileSync(join(checkout, 'package-lock.json'), '{}');
  // Root, with apt-get, redis-server and curl, and without XGBoost, whatever this machine is and has.
  tool('id', 'echo 0');
  tool('ldconfig', ':');
  for (const name of ['redis-server', 'curl']) tool(name, ':');
  tool('apt-get', 'echo "$*" >>apt-calls');
  tool('npm', `echo called >>npm-calls; ${MAKES_NODE}`);
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

const MAKES_NODE = `mkdir -p node_modules/.bin; printf '#!/bin/sh\\necho v26.0.0\\n' >node_modules/.bin/node; chmod +x node_modules/.bin/node`;
/** A program that takes for ever, whose child does too, and which does not end when it is asked to. */
const STAYS = `trap '' TERM INT; sleep 1000 & echo "$! $$" >began; wait`;

function tool(name: string, script: string): void {
  writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(tools, name), 0o755);
}

function environment(settings: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { PATH: `${tools}:${process.env.PATH}`, ...settings };
}

function run(mode: string, settings: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync('sh', ['bin/bootstrap', mode], {
    cwd: checkout,
    env: environment(settings),
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** Started as a terminal would: the leader of a group, to all of which Ctrl-C goes. */
function start(mode: string) {
  const child = spawn('sh', ['bin/bootstrap', mode], {
    cwd: checkout,
    env: environment(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  const exited = new Promise<number | null>((done) => child.once('close', done));
  return { exited, output: () => output, interrupt: () => process.kill(-(child.pid ?? 0), 'SIGINT') };
}

const read = (name: string) => readFileSync(join(checkout, name), 'utf8');
const pids = () => read('began').trim().split(' ').map(Number);

test(
  'Ctrl-C during npm ci ends it and all that it started, though it will not, and the next start installs again',
  async () => {
    tool('npm', `mkdir node_modules; ${STAYS}`);
    const first = start('check');
    await eventually(() => existsSync(join(checkout, 'began')) && pids().length === 2, PATIENT);
    expect(pids().filter(isAlive)).toHaveLength(2);
    first.interrupt();
    expect(await first.exited).toBe(130);
    expect(first.output()).toMatch(/npm ci.*\nbootstrap: stopping\n$/);
    await eventually(() => pids().filter(isAlive).length === 0);

    tool('npm', `echo called >>npm-calls; ${MAKES_NODE}`);
    expect(run('check')).toMatchObject({ status: 0, stderr: '' });
    expect(run('check')).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(read('npm-calls')).toBe('called\n');
  },
  PATIENT.timeoutMs * 2,
);

test(
  'Ctrl-C while apt-get installs waits for it, and says so; nothing comes after it',
  async () => {
    tool(
      'apt-get',
      `echo "$*" >>apt-calls; case $* in *download*) exit 0 ;; esac; mkfifo go; echo $$ >began; read -r _ <go; echo through >end`,
    );
    const first = start('start');
    await eventually(() => existsSync(join(checkout, 'began')) && read('began') !== '', PATIENT);
    first.interrupt();
    await eventually(() => first.output().includes('stopping as soon as apt-get is through'), PATIENT);
    expect(existsSync(join(checkout, 'end'))).toBe(false);
    writeFileSync(join(checkout, 'go'), 'on\n');
    expect(await first.exited).toBe(130);
    expect(read('end')).toBe('through\n');
    expect(existsSync(join(checkout, 'npm-calls'))).toBe(false);
  },
  PATIENT.timeoutMs * 2,
);

test('what start needs is installed; check needs the Node packages only', () => {
  expect(run('check')).toMatchObject({ status: 0 });
  expect(existsSync(join(checkout, 'apt-calls'))).toBe(false);
  expect(run('start')).toMatchObject({ status: 0 });
  expect(read('apt-calls')).toMatch(/^install .*libxgboost0\ninstall .*libxgboost0\n$/);
});

test('an XGBOOST_LIBRARY that is not there is refused in one line, before anything is installed', () => {
  const { status, stderr } = run('start', { XGBOOST_LIBRARY: '/nonexistent.so' });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^bootstrap: XGBOOST_LIBRARY is \/nonexistent\.so, and there is no such file: unset it .*\n$/,
  );
  expect(existsSync(join(checkout, 'npm-calls'))).toBe(false);
});

test('a checkout that cannot be written is refused in one line', () => {
  // Root may write anywhere; where a file stands, nobody can make a folder.
  writeFileSync(join(checkout, '.churn'), '');
  const { status, stdout, stderr } = run('check');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^bootstrap: you may not write to .*: clone it to a folder of your own\n$/);
});
