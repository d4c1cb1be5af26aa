import { setTimeout as delay } from 'node:timers/promises';
import { isPortFree } from '@churn/embedded';
import { CliError, EXIT } from '../errors.ts';
import { SERVICE_NAMES, type ServiceName, type ServiceUrls, urlSetting } from '../services.ts';
import { holderOf } from './port-holder.ts';

/** Addresses that only this machine reaches, as the services listen without keys. */
const LOOPBACK = new Set(['127.0.0.1', 'localhost']);

/** The port that each service is to take, from where it will be looked for. Throws CliError: not on this machine, or one port twice. */
export function servicePorts(urls: ServiceUrls): Record<ServiceName, number> {
  const taken = new Map<number, ServiceName>();
  const portOf = (service: ServiceName): number => {
    const { protocol, hostname, port } = new URL(urls[service]);
    if (protocol !== 'http:' || !LOOPBACK.has(hostname) || port === '')
      throw new CliError(
        `${urlSetting(service)} is ${urls[service]}, but churn up starts ${service} on this machine: unset it, or give http://127.0.0.1:<port>.`,
        EXIT.config,
      );
    const other = taken.get(Number(port));
    if (other !== undefined)
      throw new CliError(
        `${urlSetting(service)} and ${urlSetting(other)} have the same port ${port}; each service needs its own.`,
        EXIT.config,
      );
    taken.set(Number(port), service);
    return Number(port);
  };
  return {
    control: portOf('control'),
    ingestion: portOf('ingestion'),
    training: portOf('training'),
    batch: portOf('batch'),
    monitoring: portOf('monitoring'),
    inference: portOf('inference'),
  };
}

/** Refuses in one line when a port of the services is still taken after `waitMs`, before anything is started. */
export async function assertPortsFree(
  ports: Readonly<Record<ServiceName, number>>,
  { waitMs, signal }: { waitMs: number; signal: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    signal.throwIfAborted();
    const taken = await takenOf(ports);
    if (taken.length === 0) return;
    if (performance.now() >= deadline) throw portsTaken(taken);
    await delay(100);
  }
}

type Taken = { service: ServiceName; port: number };

async function takenOf(ports: Readonly<Record<ServiceName, number>>): Promise<Taken[]> {
  const found: Taken[] = [];
  for (const service of SERVICE_NAMES) {
    const port = ports[service];
    if (!(await isPortFree(port))) found.push({ service, port });
  }
  return found;
}

function portsTaken(taken: readonly Taken[]): CliError {
  const each = taken.map(
    ({ service, port }) => `port ${port} (${service}) is taken by ${holderOf(port) ?? 'another program'}`,
  );
  const settings = taken.map(({ service }) => urlSetting(service)).join(', ');
  return new CliError(
    `${each.join('; ')}. End ${taken.length === 1 ? 'it' : 'them'}, or choose other ports with ${settings}.`,
    EXIT.failed,
  );
}
