import type { Express } from 'express';
import { withoutCredentials } from '../redact.ts';

export interface Health {
  /** Whether requests can be served, and what each check said. */
  ready: () => Promise<{ ok: boolean; checks: Record<string, string> }>;
  /** Body of /health where a service promises its own shape; default {status, checks}. */
  summary?: () => Promise<{ ok: boolean; body: Record<string, unknown> }>;
  /** True once the process has begun to end: readiness goes off, so that no new requests are sent here. */
  closing: () => boolean;
}

/** /health/live says that the loop runs; /health/ready and /health answer 503 when requests cannot be served. */
export function healthRoutes(app: Express, health: Health): void {
  app.get('/health/live', (_req, res) => void res.json({ status: 'alive' }));
  app.get('/health/ready', async (_req, res) => {
    const { ok, checks } = health.closing()
      ? { ok: false, checks: { process: 'closing' } }
      : await safely(health.ready, (error) => ({ ok: false, checks: { error } }));
    res.status(ok ? 200 : 503).json({ status: ok ? 'ready' : 'not ready', checks });
  });
  app.get('/health', async (_req, res) => {
    const { ok, body } = await safely(health.summary ?? (() => checked(health)), (error) => ({
      ok: false,
      body: { status: 'unhealthy', error },
    }));
    res.status(ok ? 200 : 503).json(body);
  });
}

async function checked(health: Health): Promise<{ ok: boolean; body: Record<string, unknown> }> {
  const { ok, checks } = await health.ready();
  return { ok, body: { status: ok ? 'healthy' : 'unhealthy', ...checks } };
}

const CHECK_MS = 3_000;

/** What the question answers within 3 s, else `failed` with the reason. */
async function safely<T>(ask: () => Promise<T>, failed: (error: string) => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS} ms`)), CHECK_MS);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    return failed(withoutCredentials(error instanceof Error ? error.message : String(error)));
  } finally {
    clearTimeout(timer);
  }
}
