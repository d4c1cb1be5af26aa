import type { Role } from '@churn/contracts';
import { createApiKey } from '@churn/platform';
import { createTestDatabase, insertProject, sampleProject, type TestDatabase } from '@churn/testing';
import request, { type Test } from 'supertest';
import { loadControlConfig } from '../config.ts';
import { type Service, startControlService } from '../service.ts';

export const ROLES: readonly Role[] = ['viewer', 'caller', 'data-scientist', 'ml-engineer', 'admin'];
const PROJECTS = ['shop', 'other'] as const;
type Project = (typeof PROJECTS)[number];
type Method = 'get' | 'post' | 'delete';

/** Control over a database of its own with two projects, and a key of each role in both; `moveClock` ages its caches. */
export interface World {
  db: TestDatabase;
  service: Service;
  /** The secret of a key named `<project> <role>`. */
  key(project: Project, role: Role): string;
  ask(method: Method, path: string, key?: string, body?: object): Test;
  moveClock(ms: number): void;
  close(): Promise<void>;
}

export async function createWorld(options: { auth?: 'on' | 'off' } = {}): Promise<World> {
  const db = await createTestDatabase();
  const keys = new Map<string, string>();
  for (const project of PROJECTS) {
    await insertProject(db.pool, sampleProject({ project }));
    for (const role of ROLES) {
      const name = `${project} ${role}`;
      keys.set(name, (await createApiKey(db.pool, { projectId: project, name, role })).secret);
    }
  }
  let clockMs = 0;
  const config = loadControlConfig({
    DATABASE_URL: db.url,
    PORT: '0',
    LOG_LEVEL: 'error',
    CHURN_AUTH: options.auth ?? 'on',
    CHURN_PROJECT: 'shop',
  });
  const service = await startControlService(config, { now: () => clockMs });
  return {
    db,
    service,
    key: (project, role) => keys.get(`${project} ${role}`) ?? '',
    ask(method, path, key, body) {
      const call = request(service.url)[method](path);
      if (key !== undefined) call.set('authorization', `Bearer ${key}`);
      return body === undefined ? call : call.send(body);
    },
    moveClock(ms) {
      clockMs += ms;
    },
    async close() {
      await service.close();
      await db.drop();
    },
  };
}

/** What the audit log holds of a project since it was last asked, the oldest first. */
export async function auditOf(
  { db }: World,
  project: string,
): Promise<{ actor: string; action: string; subject: string; detail: object }[]> {
  const { rows } = await db.pool.query(
    'SELECT actor, action, subject, detail FROM audit_log WHERE project_id = $1 ORDER BY audit_id',
    [project],
  );
  return rows;
}
