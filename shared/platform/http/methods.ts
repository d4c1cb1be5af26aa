import type { Express, Request, Response } from 'express';
import { MethodNotAllowed } from '../errors.ts';
import type { Route } from './route.ts';

const OURS = ['/openapi.json', '/metrics', '/health', '/health/live', '/health/ready'];

/** What the paths of `routes`, and those that each service has, answer to a method that they have not: OPTIONS, or 405 (RFC 9110). */
export function otherMethods(app: Express, routes: readonly Route[]): void {
  const methods = new Map<string, string[]>(OURS.map((path) => [path, ['GET']]));
  for (const { path, method } of routes)
    methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  // A fixed path before the pattern that would take it too.
  const fixedFirst = [...methods].sort(([a], [b]) => Number(a.includes(':')) - Number(b.includes(':')));
  for (const [path, its] of fixedFirst) {
    const allow = [...its, ...(its.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
    app.all(path, (req: Request, res: Response) => {
      res.setHeader('Allow', allow);
      if (req.method === 'OPTIONS') return void res.status(204).end();
      throw new MethodNotAllowed(
        'method-not-allowed',
        `${req.path} does not take ${req.method}, only ${allow}. See /openapi.json.`,
      );
    });
  }
}
