import type { BatchRun, ImportResult, ModelEvaluation } from '@churn/contracts';
import type { ProjectIr } from '@churn/features';
import type { ApiClient } from '../client.ts';
import type { Progress } from '../format.ts';
import type { ProjectImport } from './project-imports.ts';

/** What the steps have found out so far; each reads what earlier ones wrote. */
export interface Story {
  readonly client: ApiClient;
  readonly ir: ProjectIr;
  readonly files: readonly ProjectImport[];
  readonly signal: AbortSignal;
  imports: ImportResult[];
  model: {
    name: string;
    version: number;
    auc: number;
    lift: number;
    baselineAuc: number;
    /** The feature that the baseline ranks by. */
    baseline: string;
    evaluation: ModelEvaluation;
  } | null;
  run: BatchRun | null;
  drift: { drifted: number; columns: number; report: string | null } | null;
  example: { customer: string; probability: number } | null;
}

export interface Step {
  title: string;
  /** Returns what came of it, for the line of the finished step. */
  run(story: Story, report: (state: Progress) => void): Promise<string>;
}
