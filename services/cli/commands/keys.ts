import { apiKeyCreated, apiKeyList } from '@churn/contracts';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import type { OpenSession } from '../command.ts';
import { table } from '../format.ts';
import { argument } from './arguments.ts';

export function addKeys(program: Command, open: OpenSession): void {
  const keys = program
    .command('keys')
    .description('API keys of the project (role admin)')
    .addHelpText('after', '\nExample:\n  $ churn keys create shop --role caller');
  addCreate(keys, open);
  addList(keys, open);
  addRevoke(keys, open);
}

function addCreate(keys: Command, open: OpenSession): void {
  keys
    .command('create')
    .argument('<name>', 'who or what will use it', argument.keyName)
    .addOption(
      new Option('--role <role>', 'what it may')
        .choices(['viewer', 'caller', 'data-scientist', 'ml-engineer', 'admin'])
        .makeOptionMandatory(),
    )
    .description('Make a key; its secret is shown this once')
    .addHelpText('after', '\nExample:\n  $ churn keys create shop --role caller')
    .action(async (name: string, { role }: { role: string }, command: Command) => {
      const { client, output } = open(command);
      const created = await client.call('control', '/api-keys', apiKeyCreated, {
        method: 'POST',
        body: { name, role },
      });
      output.result(
        created,
        ({ secret }) =>
          `${secret}\n\nKeep it now: it is not shown again. Use it as CHURN_API_KEY or Authorization: Bearer.`,
      );
    });
}

function addList(keys: Command, open: OpenSession): void {
  keys
    .command('list')
    .description('Keys without their secrets')
    .addHelpText('after', '\nExample:\n  $ churn keys list')
    .action(async (_options, command: Command) => {
      const { client, output } = open(command);
      const list = await client.call('control', '/api-keys', apiKeyList);
      output.result(list, (found) =>
        found.keys.length === 0
          ? 'No key yet: churn keys create <name> --role <role>'
          : table(
              ['KEY', 'NAME', 'ROLE', 'CREATED', 'REVOKED'],
              found.keys.map((key) => [
                key.key_id,
                key.name,
                key.role,
                key.created_at.slice(0, 16),
                key.revoked_at?.slice(0, 16) ?? null,
              ]),
            ),
      );
    });
}

function addRevoke(keys: Command, open: OpenSession): void {
  keys
    .command('revoke')
    .argument('<key>', 'its id, as list shows it', argument.key)
    .description('Revoke a key; services may honour it for 5 seconds more')
    .addHelpText('after', '\nExample:\n  $ churn keys revoke 6f1c0a52-3f0e-4d52-9a64-0c6a2f1f7d11')
    .action(async (key: string, _options, command: Command) => {
      const { client, output } = open(command);
      await client.call('control', `/api-keys/${encodeURIComponent(key)}`, z.undefined(), {
        method: 'DELETE',
      });
      output.result({ key_id: key, revoked: true }, () => `${key} is revoked.`);
    });
}
