import { json } from 'node:stream/consumers';
import type { Command } from 'commander';
import { z } from 'zod';
import type { ApiClient } from '../client.ts';
import type { OpenSession } from '../command.ts';
import { CliError, EXIT } from '../errors.ts';
import { table } from '../format.ts';
import { SERVICE_NAMES, type ServiceName } from '../services.ts';

const TIMEOUT_MS = 5_000;
const ready = z.looseObject({ status: z.string(), checks: z.record(z.string(), z.string()) });
const document = z.looseObject({ info: z.looseObject({ version: z.string() }) });

interface Finding {
  service: ServiceName;
  url: string;
  ok: boolean;
  version: string | null;
  says: string;
}

export function addDoctor(program: Command, open: OpenSession): void {
  program
    .command('doctor')
    .description('Check every service: reachable, ready, of one version; say what to do')
    .addHelpText(
      'after',
      '\nExample:\n  $ churn doctor\n\nExit code 69 when a service cannot be reached, 1 when one is not ready.',
    )
    .action(async (_options, command: Command) => {
      const { client, output } = open(command);
      const findings = await Promise.all(SERVICE_NAMES.map((service) => examine(client, service)));
      output.result(findings, (found) =>
        table(
          ['SERVICE', 'URL', 'VERSION', '', 'SAYS'],
          found.map((f) => [f.service, f.url, f.version, f.ok ? 'ok' : 'NOT OK', f.says]),
        ),
      );
      const away = findings.filter(({ version }) => version === null);
      if (away.length > 0)
        throw new CliError(
          `${away.map(({ service }) => service).join(', ')} cannot be reached. Start the platform (npm start), or set their CHURN_..._URL.`,
          EXIT.unavailable,
        );
      if (new Set(findings.map(({ version }) => version)).size > 1)
        throw new CliError('The services have different versions: finish the rollout.', EXIT.failed);
      if (findings.some(({ ok }) => !ok))
        throw new CliError('Not every service is ready; the last column says why.', EXIT.failed);
    });
}

async function examine(client: ApiClient, service: ServiceName): Promise<Finding> {
  const url = client.urls[service];
  const finding = { service, url, ok: false, version: null };
  try {
    const health = await client.raw(service, '/health/ready', { timeoutMs: TIMEOUT_MS });
    const { checks } = ready.parse(await json(health));
    const { info } = document.parse(
      await json(await client.raw(service, '/openapi.json', { timeoutMs: TIMEOUT_MS })),
    );
    const says = Object.entries(checks)
      .map(([check, state]) => `${check}: ${state}`)
      .join(', ');
    return { service, url, ok: health.statusCode === 200, version: info.version, says };
  } catch (error) {
    return { ...finding, says: error instanceof CliError ? 'not reachable' : 'not a service of ours' };
  }
}
