import { apiKeyCreated, apiKeyList } from '@churn/contracts';
import { type Command, Option } from 'commander';
import { table } from '../output.ts';
import type { OpenSession } from '../program.ts';

export function addKeys(program: Command, open: OpenSession): void {
  const keys = program.command('keys').description('API keys of the project (role admin)');
  keys
    .command('create')
    .argument('<name>', 'who or what will use it')
    .addOption(
      new Option('--role <role>', 'what it may')
        .choices(['viewer', 'caller', 'data-scientist', 'ml-engineer', 'admin'])
        .makeOptionMandatory(),
    )
    .description('Make a key; its secret is shown this once')
    .action(async (name: string, { role }: { role: string }, command: Command) => {
      const { client, output } = open(command);
      const created = await client.post('control', '/api-keys', apiKeyCreated, { body: { name, role } });
      output.result(
        created,
        ({ secret }) =>
          `${secret}\n\nKeep it now: it is not shown again. Use it as CHURN_API_KEY or Authorization: Bearer.`,
      );
    });
  keys
    .command('list')
    .description('Keys without their secrets')
    .action(async (_options, command: Command) => {
      const { client, output } = open(command);
      const list = await client.get('control', '/api-keys', apiKeyList);
      output.result(list, (found) =>
        table(
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
  keys
    .command('revoke')
    .argument('<key>', 'its id, as list shows it')
    .description('Revoke a key; services may honour it for 5 seconds more')
    .action(async (key: string, _options, command: Command) => {
      const { client, output } = open(command);
      await client.delete('control', `/api-keys/${encodeURIComponent(key)}`);
      output.result({ key_id: key, revoked: true }, () => `${key} is revoked.`);
    });
}
