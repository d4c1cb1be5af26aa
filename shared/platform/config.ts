import { readFileSync } from 'node:fs';
import { withoutCredentials } from './redact.ts';
import { type SettingName, type SettingValue, settings } from './settings.ts';

export type Config<K extends SettingName> = { readonly [N in K]: SettingValue<N> };

/** Faults of the environment, all of them at once. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly faults: readonly string[];
  constructor(service: string, faults: readonly string[]) {
    super(
      `${service} cannot start; its settings are not right:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/**
 * Reads the named settings, each from NAME or from the file that NAME_FILE names. Call it once a process.
 * Throws ConfigError with every fault: values that are missing or not as expected, and unknown names that start with CHURN_.
 */
export function loadConfig<K extends SettingName>(
  service: string,
  names: readonly K[],
  env: NodeJS.ProcessEnv = process.env,
): Config<K> {
  const faults = unknownNames(env);
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of names) {
    try {
      const given = read(name, env);
      const parsed = settings[name].schema.safeParse(given.value);
      if (parsed.success) values[name] = parsed.data;
      else faults.push(`${given.from}: ${expectation(name, given, parsed.error.issues[0]?.message)}`);
    } catch (error) {
      faults.push(`${name}_FILE: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  faults.push(...openToAll(values), ...withoutRedis(names, values, faults));
  if (faults.length > 0) throw new ConfigError(service, faults);
  return Object.freeze(values) as Config<K>;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

type Values = Partial<Record<SettingName, unknown>>;

function openToAll(values: Values): string[] {
  if (values.CHURN_AUTH !== 'off' || LOOPBACK.has(String(values.HOST))) return [];
  return [
    `CHURN_AUTH: off is accepted only when HOST is 127.0.0.1, ::1 or localhost, not ${values.HOST}. Leave CHURN_AUTH out and make a first key: node services/control/create-key.ts --project <id> --name <name> --role admin.`,
  ];
}

const REDIS_ROLES = ['FEATURE_REDIS_URL', 'QUEUE_REDIS_URL'] as const;
type RedisSetting = (typeof REDIS_ROLES)[number];

/** Each Redis that is asked for has a URL of its own, or that of both. */
function withoutRedis(names: readonly SettingName[], values: Values, faults: readonly string[]): string[] {
  return REDIS_ROLES.filter(
    (role) =>
      names.includes(role) &&
      (values[role] ?? values.REDIS_URL) === undefined &&
      !faults.some((fault) => /^(\w+_)?REDIS_URL/.test(fault)),
  ).map((role) => `${role}: is required, or REDIS_URL for both roles (a URL such as redis://host:6379)`);
}

/** The URL of that Redis, as loadConfig has made sure that there is one. */
export function redisUrl<R extends RedisSetting>(
  config: { readonly [N in R | 'REDIS_URL']: string | undefined },
  role: R,
): string {
  const url = config[role] ?? config.REDIS_URL;
  if (url === undefined)
    throw new ConfigError('this process', [`${role}: was not among the settings that it loaded`]);
  return url;
}

interface Given {
  /** The variable that was set. */
  from: string;
  value: string | undefined;
  file?: string;
}

function read(name: SettingName, env: NodeJS.ProcessEnv): Given {
  const value = env[name] === '' ? undefined : env[name];
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return { from: name, value };
  if (value !== undefined) throw new Error(`set ${name} or ${name}_FILE, not both`);
  return { from: `${name}_FILE`, value: contentOf(file), file };
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
    throw new Error(`${file} cannot be read (${code}). Name a file that this process may read.`);
  }
}

function expectation(name: SettingName, { value, file }: Given, message = 'another value'): string {
  if (value === undefined) return `is required (${settings[name].meaning})`;
  const got = settings[name].secret ? '' : `, got ${JSON.stringify(withoutCredentials(value))}`;
  return `expected ${message}${got}${file === undefined ? '' : ` in ${file}`}`;
}

function unknownNames(env: NodeJS.ProcessEnv): string[] {
  const known = Object.keys(settings);
  return Object.keys(env)
    .filter(
      (name) =>
        name.startsWith('CHURN_') && !known.includes(name) && !known.includes(name.replace(/_FILE$/, '')),
    )
    .map((name) => `${name}: there is no such setting; did you mean ${suggestion(name, known)}?`);
}

function suggestion(name: string, known: readonly string[]): string {
  const [, base = name, ending = ''] = /^(.*?)(_FILE)?$/.exec(name) ?? [];
  return nearest(base, known) + ending;
}

function nearest(name: string, known: readonly string[]): string {
  return [...known].sort((a, b) => distance(name, a) - distance(name, b))[0] ?? '';
}

/** Levenshtein distance of two short names. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
