import { createTestDatabase } from '@churn/testing';
import { expect, test } from '@jest/globals';
import { atNoon } from '../testing/at-noon.ts';
import { freeUrls } from '../testing/ports.ts';
import { CDNOW, churn } from '../testing/run-churn.ts';
import { scratchState } from '../testing/up-process.ts';

const LIMIT_MS = 120_000;

test(
  "the CRM's database is somebody else's: it may be away, and one that is new gets what it has not had",
  async () => {
    const state = scratchState();
    const crm = await createTestDatabase();
    await crm.pool.query('DROP TABLE IF EXISTS high_churn_risk_customers, high_churn_risk_export');
    // A day that ends meanwhile has no run yet, and a night that comes has one of its own: neither is part of this.
    const env = { ...(await freeUrls()), ...atNoon(), CHURN_BATCH_SCHEDULE: '0 0 29 2 *' };
    const up = async (settings: Record<string, string> = {}) => {
      const args = ['up', CDNOW, '--once', '--state', state.path];
      const { code, stdout, stderr } = await churn(args, { ...env, ...settings }, LIMIT_MS);
      return { code, said: stderr + stdout };
    };
    try {
      expect((await up()).said).toMatch(/1,623 in high_churn_risk_customers/);

      const away = await up({ CRM_DATABASE_URL: 'postgres://crm:secret@127.0.0.1:9/crm' });
      expect(away.code).toBe(0);
      expect(away.said).toMatch(
        /done before; the CRM's database postgres:\/\/\*\*\*@127\.0\.0\.1:9\/crm cannot be read/,
      );

      const fresh = await up({ CRM_DATABASE_URL: crm.url });
      expect(fresh.code).toBe(0);
      const { rows } = await crm.pool.query(
        'SELECT count(*)::int AS exported FROM high_churn_risk_customers',
      );
      expect(rows).toEqual([{ exported: 1_623 }]);
      expect((await up({ CRM_DATABASE_URL: crm.url })).said).toContain('customers, done before');
    } finally {
      await crm.drop();
      state.remove();
    }
  },
  LIMIT_MS * 4,
);
