import type { BatchRun, ImportResult } from '@churn/contracts';
import type { ProjectIr } from '@churn/features';
import type { Api } from './api.ts';

/** What the steps have found out so far; each reads what earlier ones wrote. */
export interface Story {
  readonly api: Api;
  readonly ir: ProjectIr;
  readonly projectDir: string;
  readonly signal: AbortSignal;
  imports: ImportResult[];
  model: { name: string; version: number; auc: number; baselineAuc: number; lift: number } | null;
  run: BatchRun | null;
  drift: { drifted: number; columns: number; report: string | null } | null;
  example: { customer: string; probability: number } | null;
}

/** Says how far a step is, for people. */
export type Report = (detail: string) => void;

export interface Step {
  title: string;
  /** Returns what came of it, for the line of the finished step. */
  run(story: Story, report: Report): Promise<string>;
}

/** Asks until `done` says yes, showing each answer. `limitMs` is the bound on the whole wait. */
export async function follow<T>(
  story: Story,
  limitMs: number,
  ask: () => Promise<T>,
  done: (value: T) => boolean,
  everyMs = 200,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    story.signal.throwIfAborted();
    const value = await ask();
    if (done(value)) return value;
    if (Date.now() > deadline)
      throw new Error(`not finished after ${limitMs / 60_000} minutes; start again to go on waiting`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
