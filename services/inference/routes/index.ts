import type { Route } from '@churn/platform';
import type { Context } from '../context.ts';
import { predict } from './predict.ts';

export function routes(context: Context): Route[] {
  return [predict(context)];
}
