import type { Route } from '@churn/platform';
import type { Context } from '../context.ts';
import { getCheck } from './get-check.ts';
import { getReport } from './get-report.ts';
import { listChecks } from './list-checks.ts';
import { postCheck } from './post-check.ts';

export function routes(context: Context, wake: () => void): Route[] {
  return [listChecks(context), getCheck(context), getReport(context), postCheck(context, wake)];
}
