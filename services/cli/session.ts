import { loadConfig } from '@churn/platform';
import { type ApiClient, createClient } from './client.ts';
import { createOutput, type Output, type Streams } from './output.ts';
import { serviceUrls, URL_SETTINGS } from './services.ts';

/** What a command works with. */
export interface Session {
  client: ApiClient;
  output: Output;
  streams: Streams;
  /** Makes a client for another project; with keys on, theirs must be of it. */
  forProject(project: string): ApiClient;
}

/** Opens a session from the settings. `project`: --project, before CHURN_PROJECT. Throws ConfigError. */
export function openSession(options: {
  json: boolean;
  project?: string | undefined;
  env: NodeJS.ProcessEnv;
  streams: Streams;
}): Session {
  const config = loadConfig('churn', ['CHURN_API_KEY', 'CHURN_PROJECT', ...URL_SETTINGS], options.env);
  const forProject = (project: string | undefined) =>
    createClient({ urls: serviceUrls(config), apiKey: config.CHURN_API_KEY, project });
  return {
    client: forProject(options.project ?? config.CHURN_PROJECT),
    output: createOutput(options.streams, options.json),
    streams: options.streams,
    forProject,
  };
}
