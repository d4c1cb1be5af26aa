import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '@churn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigError, loadConfig, redisUrl } from './config.ts';
import { type SettingName, settings } from './settings.ts';

const DATABASE_URL = 'postgres://churn:hunter2@db:5432/churn';
const NAMES: SettingName[] = ['DATABASE_URL', 'HOST', 'PORT', 'LOG_LEVEL', 'CHURN_AUTH'];

let folder: string;
beforeAll(() => {
  folder = testFolder('config');
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(content: string): string {
  const path = join(mkdtempSync(join(folder, 'secret-')), 'value');
  writeFileSync(path, content);
  return path;
}

function refusal(env: NodeJS.ProcessEnv, names = NAMES): ConfigError {
  try {
    loadConfig('orders', names, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('these settings were accepted');
}

test('settings are parsed from text, and what is not set has its default', () => {
  const config = loadConfig('orders', NAMES, { DATABASE_URL, PORT: '8080' });
  expect(config).toEqual({
    DATABASE_URL,
    PORT: 8080,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    CHURN_AUTH: 'on',
  });
});

test('a setting that is set to nothing is not set', () => {
  expect(loadConfig('orders', ['HOST'], { HOST: '' })).toEqual({ HOST: '127.0.0.1' });
});

test('what the environment says later changes nothing', () => {
  const env = { PORT: '1' };
  const config = loadConfig('orders', ['PORT'], env);
  env.PORT = '2';
  expect(config.PORT).toBe(1);
  expect(Object.isFrozen(config)).toBe(true);
});

test('only the settings that a service names are asked of it', () => {
  expect(loadConfig('orders', ['PORT'], { DATABASE_URL: 'nonsense' })).toEqual({});
});

describe('a value in a file', () => {
  test('is read without the line end that editors leave', () => {
    const env = { DATABASE_URL_FILE: fileOf(`${DATABASE_URL}\n`) };
    expect(loadConfig('orders', ['DATABASE_URL'], env)).toEqual({ DATABASE_URL });
  });

  test('and one in the environment are not both taken', () => {
    const { faults } = refusal({ DATABASE_URL, DATABASE_URL_FILE: fileOf(DATABASE_URL) });
    expect(faults).toEqual(['DATABASE_URL_FILE: set DATABASE_URL or DATABASE_URL_FILE, not both']);
  });

  test('that is not there is named with its path', () => {
    const path = join(folder, 'none');
    const { faults } = refusal({ DATABASE_URL_FILE: path });
    expect(faults).toEqual([
      `DATABASE_URL_FILE: ${path} cannot be read (ENOENT). Name a file that this process may read.`,
    ]);
  });

  test('that is wrong is shown with what was in the file and which file it was', () => {
    const path = fileOf('many\n');
    expect(refusal({ DATABASE_URL, PORT_FILE: path }).faults).toEqual([
      `PORT_FILE: expected a whole number from 0 to 65535, got "many" in ${path}`,
    ]);
  });

  test('that is empty is wrong', () => {
    expect(refusal({ DATABASE_URL_FILE: fileOf('\n') }).faults).toEqual([
      expect.stringMatching(/^DATABASE_URL_FILE: expected a URL such as postgres:\S+ in \/\S+$/),
    ]);
  });
});

test('every fault is named at once, with what is expected', () => {
  const env = { PORT: '65536', LOG_LEVEL: 'loud', CHURN_AUTH: 'maybe', CHURN_CHUNK_ROWS: '5' };
  expect(refusal(env).message.split('\n')).toEqual([
    'orders cannot start; its settings are not right:',
    '  CHURN_CHUNK_ROWS: there is no such setting; did you mean CHURN_BATCH_CHUNK_ROWS?',
    `  DATABASE_URL: is required (${settings.DATABASE_URL.meaning})`,
    '  PORT: expected a whole number from 0 to 65535, got "65536"',
    '  LOG_LEVEL: expected error, warn, info or debug, got "loud"',
    '  CHURN_AUTH: expected on or off, got "maybe"',
  ]);
});

test('the file of a setting that does not exist is no setting either', () => {
  expect(refusal({ DATABASE_URL, CHURN_API_KEYS_FILE: '/run/key' }).faults).toEqual([
    'CHURN_API_KEYS_FILE: there is no such setting; did you mean CHURN_API_KEY_FILE?',
  ]);
});

test('what a setting expects is said in words, whatever is wrong with it', () => {
  for (const name of Object.keys(settings) as SettingName[]) {
    const path = fileOf('');
    const { faults } = refusal({ DATABASE_URL, [`${name}_FILE`]: path, [name]: '' }, [name]);
    expect(faults[0]).toMatch(/^[A-Z_]+_FILE: expected (a|on|error|lower|both|1)\b/);
  }
});

describe('a secret is in no message', () => {
  const secrets = (Object.keys(settings) as SettingName[]).filter((name) => settings[name].secret);

  test.each(secrets.filter((name) => name !== 'CHURN_API_KEY'))('as the value of %s', (name) => {
    const value = 'mysql://churn:hunter2@db/churn';
    expect(refusal({ DATABASE_URL, [name]: value }, [name]).message).not.toContain('hunter2');
    const file = fileOf(value);
    const { message } = refusal({ [`${name}_FILE`]: file }, [name]);
    expect(message).toContain(name);
    expect(message).not.toContain('hunter2');
  });

  test('nor as credentials in a setting that should have none', () => {
    const env = { CHURN_CONTROL_URL: 'ftp://me:hunter2@host' };
    expect(refusal(env, ['CHURN_CONTROL_URL']).faults).toEqual([
      'CHURN_CONTROL_URL: expected a URL such as http://127.0.0.1:8000, got "ftp://***@host"',
    ]);
  });
});

describe('authentication', () => {
  test.each(['127.0.0.1', '::1', 'localhost'])('may be off on %s', (HOST) => {
    expect(loadConfig('orders', NAMES, { DATABASE_URL, HOST, CHURN_AUTH: 'off' }).CHURN_AUTH).toBe('off');
  });

  test.each(['0.0.0.0', '::', '10.0.0.7', '127.0.0.1.example.org'])('may not be off on %s', (HOST) => {
    expect(refusal({ DATABASE_URL, HOST, CHURN_AUTH: 'off' }).faults).toEqual([
      `CHURN_AUTH: off is accepted only when HOST is 127.0.0.1, ::1 or localhost, not ${HOST}. Leave CHURN_AUTH out and make a first key: node services/control/create-key.ts --project <id> --name <name> --role admin.`,
    ]);
  });
});

describe('a Redis', () => {
  const roles: SettingName[] = ['DATABASE_URL', 'REDIS_URL', 'FEATURE_REDIS_URL', 'QUEUE_REDIS_URL'];

  test('that has no URL is named with everything else that is wrong', () => {
    expect(refusal({}, roles).faults).toEqual([
      expect.stringMatching(/^DATABASE_URL: is required/),
      expect.stringMatching(/^FEATURE_REDIS_URL: is required, or REDIS_URL for both/),
      expect.stringMatching(/^QUEUE_REDIS_URL: is required, or REDIS_URL for both/),
    ]);
  });

  test('has its own URL, or that of both', () => {
    const env = { DATABASE_URL, REDIS_URL: 'redis://both:6379', QUEUE_REDIS_URL: 'redis://queues:6379' };
    const config = loadConfig('orders', roles, env);
    expect(redisUrl(config, 'FEATURE_REDIS_URL')).toBe('redis://both:6379');
    expect(redisUrl(config, 'QUEUE_REDIS_URL')).toBe('redis://queues:6379');
  });

  test('whose URL is wrong is not said to be missing too', () => {
    expect(refusal({ DATABASE_URL, REDIS_URL: 'hello' }, roles).faults).toEqual([
      expect.stringMatching(/^REDIS_URL: expected/),
    ]);
  });
});
