import type { Express } from 'express';

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
      : await safely(health.ready);
    res.status(ok ? 200 : 503).json({ status: ok ? 'ready' : 'not ready', checks });
  });
  app.get('/health', async (_req, res) => {
    if (health.summary !== undefined) {
      const { ok, body } = await health.summary();
      res.status(ok ? 200 : 503).json(body);
      return;
    }
    const { ok, checks } = await safely(health.ready);
    res.status(ok ? 200 : 503).json({ status: ok ? 'healthy' : 'unhealthy', ...checks });
  });
}

const CHECK_MS = 3_000;

async function safely(ready: Health['ready']): Promise<{ ok: boolean; checks: Record<string, string> }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS} ms`)), CHECK_MS);
  });
  try {
    return await Promise.race([ready(), late]);
  } catch (error) {
    return { ok: false, checks: { error: error instanceof Error ? error.message : String(error) } };
  } finally {
    clearTimeout(timer);
  }
}
