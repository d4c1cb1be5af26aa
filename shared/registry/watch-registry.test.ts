import { createLogger } from '@churn/platform';
import {
  createTestDatabase,
  eventually,
  insertProject,
  promoteSampleModel,
  sampleProject,
} from '@churn/testing';
import { expect, test } from '@jest/globals';
import { watchRegistry } from './watch-registry.ts';

test('a watcher hears of a promotion by notification, and again after its connection was ended', async () => {
  const db = await createTestDatabase();
  const ir = sampleProject();
  const hash = await insertProject(db.pool, ir);
  const [model] = ir.models;
  if (model === undefined) throw new Error('the sample project has no model');
  const heard: (string[] | null)[] = [];
  const watch = watchRegistry(db.url, {
    // Never within this test: what is heard comes by notification or by reconnection.
    pollMs: 3_600_000,
    log: createLogger('test', 'error'),
    async onChange({ projects }) {
      heard.push(projects === null ? null : [...projects]);
    },
  });
  const promote = (days: number) => promoteSampleModel(db.pool, { projectId: 'shop', model, hash, days });
  try {
    await eventually(() => heard.length === 1);
    expect(heard).toEqual([null]);
    await promote(60);
    await eventually(() => heard.some((projects) => projects?.includes('shop')));

    heard.length = 0;
    const { rowCount } = await db.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'churn-listen' AND datname = current_database()`,
    );
    expect(rowCount).toBe(1);
    await eventually(() => heard.includes(null));
    await promote(90);
    await eventually(() => heard.some((projects) => projects?.includes('shop')));
  } finally {
    await watch.close();
    await db.drop();
  }
});
