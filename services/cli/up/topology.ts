/** The services that `churn up` runs, in the order of their start, with their fixed ports on 127.0.0.1. */
export const SERVICES = {
  control: 8080,
  ingestion: 8001,
  training: 8003,
  batch: 8002,
  monitoring: 8004,
  inference: 8000,
} as const;

export type ServiceName = keyof typeof SERVICES;
export const SERVICE_NAMES: readonly ServiceName[] = Object.keys(SERVICES).filter(isServiceName);

export function serviceUrl(name: ServiceName): string {
  return `http://127.0.0.1:${SERVICES[name]}`;
}

function isServiceName(name: string): name is ServiceName {
  return name in SERVICES;
}
