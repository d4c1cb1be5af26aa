import { Cron } from 'croner';
import { z } from 'zod';

/**
 * Every setting of every service, once. A service names those it uses; any other variable that starts with CHURN_ is an error, since a
 * misspelt setting that is silently ignored costs a night. Each may also be given as NAME_FILE, a file that holds the value.
 */
const url = (scheme: RegExp, expected: string) => z.string().regex(scheme, expected);
const postgresUrl = url(
  /^postgres(ql)?:\/\/\S+$/,
  'a URL such as postgres://user:password@host:5432/database',
);
const redisUrl = url(/^rediss?:\/\/\S+$/, 'a URL such as redis://host:6379');
const httpUrl = url(/^https?:\/\/\S+$/, 'a URL such as http://127.0.0.1:8000');
const whole = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d+$/, `a whole number from ${low} to ${high}`)
    .transform(Number)
    .refine((value) => value >= low && value <= high, `a whole number from ${low} to ${high}`);
const oneOf = <const T extends readonly [string, ...string[]]>(...options: T) =>
  z.enum(options, new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(options));
const text = (expected: string, length = 1) => z.string().min(length, expected);
/** The library that runs patterns knows which there are. */
const cronPattern = z.string().superRefine((pattern, context) => {
  try {
    new Cron(pattern, { timezone: 'UTC', paused: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.addIssue({ code: 'custom', message: `a cron pattern such as 0 2 * * * (${reason})` });
  }
});

interface Setting<T extends z.ZodType = z.ZodType> {
  schema: T;
  meaning: string;
  /** Holds credentials: never logged. */
  secret?: boolean;
}
const setting = <T extends z.ZodType>(schema: T, meaning: string, secret = false): Setting<T> => ({
  schema,
  meaning,
  secret,
});

export const settings = {
  DATABASE_URL: setting(
    postgresUrl,
    'Postgres 17 or newer, a direct connection (no transaction pooler)',
    true,
  ),
  CRM_DATABASE_URL: setting(
    postgresUrl.optional(),
    'Database of the table high_churn_risk_customers; default DATABASE_URL',
    true,
  ),
  REDIS_URL: setting(redisUrl.optional(), 'One Redis for both roles, where the two below are not set', true),
  FEATURE_REDIS_URL: setting(redisUrl.optional(), 'Redis of the online features: noeviction', true),
  QUEUE_REDIS_URL: setting(redisUrl.optional(), 'Redis of the queues: noeviction, AOF', true),
  LAKE_URL: setting(
    url(/^file:\/\/\/\S*$/, 'a URL such as file:///var/lib/churn/lake'),
    'Folder of the lake, shared by ingestion, batch, training and monitoring',
  ),
  HOST: setting(text('a name or an address').default('127.0.0.1'), 'Address to listen on'),
  PORT: setting(whole(0, 65_535).optional(), "Port to listen on; default the service's own"),
  LOG_LEVEL: setting(oneOf('error', 'warn', 'info', 'debug').default('info'), 'What is logged'),
  CHURN_AUTH: setting(oneOf('on', 'off').default('on'), 'API keys; off is accepted only on a loopback HOST'),
  CHURN_PROJECT: setting(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower case letters, digits and -, starting with a letter')
      .optional(),
    'Project of requests that name none, while CHURN_AUTH is off; the CLI sends it as X-Churn-Project',
  ),
  CHURN_EVENT_HORIZON_DAYS: setting(
    whole(30, 3_650).default(400),
    'Days for which a repeated event is known as one; an event that occurred before them is refused (docs/adr/0012)',
  ),
  CHURN_BATCH_SCHEDULE: setting(
    cronPattern.default('0 2 * * *'),
    'Cron pattern of the nightly batch, in UTC',
  ),
  CHURN_BATCH_ROLE: setting(
    oneOf('both', 'coordinator', 'worker').default('both'),
    'What a batch process does: coordinator starts runs by the schedule and leads them, worker scores their chunks, both does either',
  ),
  CHURN_BATCH_CHUNK_ROWS: setting(
    whole(100, 1_000_000).default(20_480),
    'Customers in a chunk of the batch; a third of a row group of the snapshot by default',
  ),
  CHURN_BATCH_CONCURRENCY: setting(
    whole(1, 16).default(2),
    'Chunks that a batch process works on at once: one scores while another is written',
  ),
  CHURN_PREDICTION_DAYS: setting(
    whole(2, 3_650).optional(),
    "Days for which predictions are kept, a project's newest always; default for ever",
  ),
  CHURN_CODE_COMMIT: setting(
    z
      .string()
      .regex(/^[0-9a-f]{7,40}(-dirty)?$/, 'a git commit')
      .optional(),
    'Commit that the manifests name; default what git says',
  ),
  CHURN_SUPERVISED: setting(
    oneOf('1').optional(),
    'Set by `churn up`: the process ends when the one that started it does',
  ),
  XGBOOST_LIBRARY: setting(text('a path').optional(), 'Path of libxgboost, where it is not in a usual place'),
  CHURN_API_KEY: setting(text('a key').optional(), 'API key that the CLI sends', true),
  CHURN_CONTROL_URL: setting(httpUrl.default('http://127.0.0.1:8080'), 'Where the CLI finds control'),
  CHURN_INFERENCE_URL: setting(httpUrl.default('http://127.0.0.1:8000'), 'Where the CLI finds inference'),
  CHURN_INGESTION_URL: setting(httpUrl.default('http://127.0.0.1:8001'), 'Where the CLI finds ingestion'),
  CHURN_BATCH_URL: setting(httpUrl.default('http://127.0.0.1:8002'), 'Where the CLI finds batch'),
  CHURN_TRAINING_URL: setting(httpUrl.default('http://127.0.0.1:8003'), 'Where the CLI finds training'),
  CHURN_MONITORING_URL: setting(httpUrl.default('http://127.0.0.1:8004'), 'Where the CLI finds monitoring'),
} as const;

export type SettingName = keyof typeof settings;
export type SettingValue<K extends SettingName> = z.output<(typeof settings)[K]['schema']>;

/** The settings as rows for people: name, default, meaning. */
export function describeSettings(): { name: string; fallback: string; meaning: string }[] {
  return Object.entries(settings).map(([name, { schema, meaning }]) => {
    const parsed = schema.safeParse(undefined);
    const fallback = parsed.success ? (parsed.data === undefined ? '' : String(parsed.data)) : 'required';
    return { name, fallback, meaning };
  });
}
