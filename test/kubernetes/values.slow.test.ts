import { settings } from '@churn/platform';
import { describe, expect, test } from '@jest/globals';
import { attempt, type Outcome } from './cluster.ts';
import { CONTRADICTING } from './contradicting-values.ts';
import { MALFORMED } from './malformed-values.ts';
import { MISNAMED } from './misnamed-values.ts';

const template = (values: object, name = 'churn'): Promise<Outcome> =>
  attempt(
    'helm',
    ['template', name, 'helm/churn', '--kube-version', '1.37.0', '--values', '-'],
    JSON.stringify(values),
  );

test.each([...MALFORMED, ...MISNAMED, ...CONTRADICTING])(
  'helm refuses values with $what',
  async ({ values, says }) => {
    const { ok, stderr } = await template(values);
    const said = typeof says === 'string' ? expect.stringContaining(says) : expect.stringMatching(says);
    expect({ ok, stderr }).toEqual({ ok: false, stderr: said });
  },
);

test('a request that equals its limit is no mistake, in whatever unit', async () => {
  const resources = { requests: { cpu: '2000m', memory: '1024Mi' }, limits: { cpu: '2', memory: '1Gi' } };
  expect(await template({ services: { control: { resources } } })).toMatchObject({ ok: true });
});

test('where nobody is named, nobody may call: an empty list of peers would be everybody', async () => {
  const { ok, stdout } = await template({ networkPolicy: { clients: [], monitoring: [] } });
  expect(ok).toBe(true);
  expect(stdout).toContain('kind: NetworkPolicy');
  expect(stdout).not.toMatch(/^ {2}ingress:/m);
});

test('a wildcard host is published as it is written', async () => {
  const hosts = { inference: '*.example.com' };
  const { ok, stdout } = await template({
    ingress: { enabled: true, hosts },
    gateway: { enabled: true, hosts, parentRefs: [{ name: 'public' }] },
  });
  expect(ok).toBe(true);
  expect(stdout.match(/"\*\.example\.com"/g)).toHaveLength(2);
});

test('a setting of one service goes before that of all', async () => {
  const values = {
    settings: { LOG_LEVEL: 'warn' },
    services: { batch: { settings: { LOG_LEVEL: 'debug' } } },
  };
  const { stdout } = await template(values);
  const levels = [...stdout.matchAll(/name: LOG_LEVEL, value: "(\w+)"/g)].map(([, level]) => level);
  expect(levels.filter((level) => level === 'warn')).toHaveLength(5);
  expect(levels.filter((level) => level === 'debug')).toHaveLength(1);
});

describe('the schedule', () => {
  const good = [
    ...[
      '0 2 * * *',
      '*/15 0-6,22 1,15 * MON-FRI',
      '59 23 31 12 7',
      '30 0 2 * * *',
      '0 2 L * *',
      '5 4 * jan sun',
    ],
    '0  2 * * *',
  ];
  const bad = ['61 2 * * *', '0 24 * * *', '0 2 32 * *', '0 2 * 13 *', '0 2 * *', 'nightly', '*/0 * * * *'];
  const schema = settings.CHURN_BATCH_SCHEDULE.schema;

  test.each(good)('%s is taken by helm and by the service', async (pattern) => {
    expect(schema.safeParse(pattern).success).toBe(true);
    expect(await template({ settings: { CHURN_BATCH_SCHEDULE: pattern } })).toMatchObject({ ok: true });
  });

  test.each(bad)('%s is refused by the service, and by helm before it', async (pattern) => {
    expect(schema.safeParse(pattern).success).toBe(false);
    const says = `CHURN_BATCH_SCHEDULE: "${pattern}" is no cron pattern. Give minute, hour, day, month and weekday in UTC, such as "0 2 * * *".`;
    const everywhere = await template({ settings: { CHURN_BATCH_SCHEDULE: pattern } });
    expect(everywhere).toMatchObject({ ok: false, stderr: expect.stringContaining(`settings.${says}`) });
    const ofBatch = await template({ services: { batch: { settings: { CHURN_BATCH_SCHEDULE: pattern } } } });
    expect(ofBatch.stderr).toContain(`services.batch.settings.${says}`);
  });
});

describe('the name of a release', () => {
  test('is refused where an object would get a longer name than Kubernetes allows', async () => {
    const { ok, stderr } = await template({}, 'a'.repeat(47));
    expect(ok).toBe(false);
    expect(stderr).toMatch(
      /the release name a+ has 47 characters: its object a+-migrate-00000000 .* at most 46\./,
    );
    const off = { migrations: { enabled: false } };
    expect((await template(off, 'a'.repeat(53))).stderr).toMatch(/a+-monitoring .* at most 52\./);
  });

  test('may be as long as the longest of its names allows', async () => {
    const { ok, stdout } = await template({}, 'a'.repeat(46));
    expect(ok).toBe(true);
    const names = [...stdout.matchAll(/^ {2}name: (\S+)$/gm)].map(([, name = '']) => name);
    expect(Math.max(...names.map((name) => name.length))).toBe(63);
  });
});
