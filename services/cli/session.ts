import { type Config, loadConfig } from '@churn/platform';
import { type ApiClient, createClient } from './client.ts';
import { createOutput, type Output, type Streams } from './output.ts';

/** What a command works with. */
export interface Session {
  client: ApiClient;
  output: Output;
  streams: Streams;
  /** Makes a client for another project, where keys are off. */
  forProject(project: string): ApiClient;
}

const NAMES = [
  'CHURN_API_KEY',
  'CHURN_PROJECT',
  'CHURN_CONTROL_URL',
  'CHURN_INFERENCE_URL',
  'CHURN_INGESTION_URL',
  'CHURN_BATCH_URL',
  'CHURN_TRAINING_URL',
  'CHURN_MONITORING_URL',
] as const;

/** Opens a session from the settings. `project`: --project, before CHURN_PROJECT. Throws ConfigError. */
export function openSession(options: {
  json: boolean;
  project?: string | undefined;
  env: NodeJS.ProcessEnv;
  streams: Streams;
}): Session {
  const config = loadConfig('churn', NAMES, options.env);
  const forProject = (project: string | undefined) =>
    createClient({ urls: urlsOf(config), apiKey: config.CHURN_API_KEY, project });
  return {
    client: forProject(options.project ?? config.CHURN_PROJECT),
    output: createOutput(options.streams, options.json),
    streams: options.streams,
    forProject,
  };
}

function urlsOf(config: Config<(typeof NAMES)[number]>): ApiClient['urls'] {
  return {
    control: config.CHURN_CONTROL_URL,
    inference: config.CHURN_INFERENCE_URL,
    ingestion: config.CHURN_INGESTION_URL,
    batch: config.CHURN_BATCH_URL,
    training: config.CHURN_TRAINING_URL,
    monitoring: config.CHURN_MONITORING_URL,
  };
}
