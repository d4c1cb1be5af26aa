import type { Route } from '@churn/platform';
import type { Context } from '../context.ts';
import { cancel } from './cancel-run.ts';
import { getRun } from './get-run.ts';
import { listRuns } from './list-runs.ts';
import { startRun } from './start-run.ts';

export function routes(context: Context, wake: () => void): Route[] {
  return [startRun(context, wake), getRun(context), listRuns(context), cancel(context)];
}
