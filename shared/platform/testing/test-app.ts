import { projectId } from '@churn/contracts';
import type { Express } from 'express';
import type { Auth } from '../auth.ts';
import { type AppOptions, createApp } from '../http/app.ts';
import { createMetrics, type Metrics } from '../metrics.ts';
import { capturedLog } from './captured-log.ts';

/** Everybody is an admin of the project "shop". */
export const OPEN: Auth = {
  authorize: async () => ({ projectId: projectId.parse('shop'), role: 'admin', actor: 'test' }),
};

/** An application of these routes, its metrics and the lines that it logs. */
export function testApp(
  options: Partial<AppOptions>,
): { app: Express; metrics: Metrics } & Omit<ReturnType<typeof capturedLog>, 'log'> {
  const { log, ...captured } = capturedLog();
  const metrics = createMetrics('test');
  const app = createApp({
    service: 'test',
    version: '1.2.3',
    log,
    metrics,
    auth: OPEN,
    routes: [],
    health: { ready: async () => ({ ok: true, checks: {} }), closing: () => false },
    ...options,
  });
  return { app, metrics, ...captured };
}
