import { freePort } from '@churn/testing';
import { SERVICE_NAMES, urlSetting } from '../services.ts';

/** The CHURN_..._URL settings with a free port for each service. */
export async function freeUrls(): Promise<Record<string, string>> {
  const ports = new Set<number>();
  while (ports.size < SERVICE_NAMES.length) ports.add(await freePort());
  const free = [...ports];
  return Object.fromEntries(
    SERVICE_NAMES.map((name, index) => [urlSetting(name), `http://127.0.0.1:${free[index]}`]),
  );
}
