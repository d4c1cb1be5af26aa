import type { Config } from '@churn/platform';

/** The services, in the order in which `churn up` starts them. */
export const SERVICE_NAMES = [
  'control',
  'ingestion',
  'training',
  'batch',
  'monitoring',
  'inference',
] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];
export type ServiceUrls = Readonly<Record<ServiceName, string>>;

export const URL_SETTINGS = [
  'CHURN_CONTROL_URL',
  'CHURN_INFERENCE_URL',
  'CHURN_INGESTION_URL',
  'CHURN_BATCH_URL',
  'CHURN_TRAINING_URL',
  'CHURN_MONITORING_URL',
] as const;

/** Where each service is: what the settings say, else its place on this machine. */
export function serviceUrls(config: Config<(typeof URL_SETTINGS)[number]>): ServiceUrls {
  return {
    control: config.CHURN_CONTROL_URL,
    inference: config.CHURN_INFERENCE_URL,
    ingestion: config.CHURN_INGESTION_URL,
    batch: config.CHURN_BATCH_URL,
    training: config.CHURN_TRAINING_URL,
    monitoring: config.CHURN_MONITORING_URL,
  };
}

export function urlSetting(service: ServiceName): string {
  return `CHURN_${service.toUpperCase()}_URL`;
}
