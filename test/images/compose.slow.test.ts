import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const SECRETS = { POSTGRES_PASSWORD: 'a', GRAFANA_PASSWORD: 'b' };
/**
 * docker compose where it is, else podman-compose; undefined when neither is, or is one that cannot say what it reads (Debian 12's 1.0.3). Asked for
 * both commands: a docker without compose gives help for any, and that podman-compose has a version.
 */
const compose = ['docker compose', 'podman-compose'].find(
  (command) =>
    spawnSync('sh', ['-c', `${command} version && ${command} config --help`], { stdio: 'ignore' }).status ===
    0,
);
if (compose === undefined)
  process.stderr.write(
    'SKIPPED: docker-compose.yml is not parsed; neither docker compose nor a podman-compose that has the command config is on the PATH\n',
  );

function config(secrets: Partial<typeof SECRETS>) {
  const [tool = '', ...args] = `${compose} -f docker-compose.yml config`.split(' ');
  const { PATH = '', HOME = '' } = process.env;
  return spawnSync(tool, args, { cwd: ROOT, env: { PATH, HOME, ...secrets }, encoding: 'utf8' });
}

(compose === undefined ? describe.skip : describe)('docker-compose.yml', () => {
  test('is read as it is meant: each service has its bounds of memory, processors and processes', () => {
    const { status, stdout } = config(SECRETS);
    expect(status).toBe(0);
    const services = /^services:$([\s\S]*?)^\S/m.exec(stdout)?.[1] ?? '';
    const each = services.split(/^ {2}(?=[a-z-]+:$)/m).slice(1);
    expect(each.length).toBe(13);
    for (const bound of ['mem_limit:', 'cpus:', 'pids_limit:'])
      expect(each.filter((text) => !text.includes(bound)).map((text) => text.split(':')[0])).toEqual([]);
  });

  test.each(['POSTGRES_PASSWORD', 'GRAFANA_PASSWORD'] as const)('has no default for %s', (name) => {
    const { status, stderr } = config({ ...SECRETS, [name]: undefined });
    expect(status).not.toBe(0);
    expect(stderr).toContain(`set ${name} in .env`);
  });
});
