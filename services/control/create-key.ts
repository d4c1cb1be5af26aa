import { parseArgs } from 'node:util';
import { projectId, role } from '@churn/contracts';
import { audit, createApiKey, createPool, inTransaction } from '@churn/platform';
import { loadControlConfig } from './config.ts';

/**
 * The first key of an installation, from a shell that has its DATABASE_URL:
 *   node services/control/create-key.ts --project shop --name laptop --role admin
 * The project is made when it is new; the secret is printed once.
 */
const { values } = parseArgs({
  options: {
    project: { type: 'string' },
    name: { type: 'string' },
    role: { type: 'string', default: 'admin' },
  },
});
const parsed = role.safeParse(values.role);
const project = projectId.safeParse(values.project);
const { name = '' } = values;
if (!project.success || name === '' || !parsed.success) {
  process.stderr.write(
    `usage: create-key.ts --project <id> --name <who uses it> [--role ${role.options.join('|')}]\n`,
  );
  process.exit(2);
}
const pool = createPool(loadControlConfig().DATABASE_URL, { applicationName: 'churn-create-key', max: 1 });
try {
  const { secret } = await inTransaction(pool, async (client) => {
    await client.query('INSERT INTO project (project_id) VALUES ($1) ON CONFLICT DO NOTHING', [project.data]);
    const created = await createApiKey(client, { projectId: project.data, name, role: parsed.data });
    await audit(client, {
      projectId: project.data,
      actor: 'shell',
      action: 'key.create',
      subject: name,
      detail: { role: parsed.data },
    });
    return created;
  });
  process.stdout.write(`${secret}\n`);
} finally {
  await pool.end();
}
