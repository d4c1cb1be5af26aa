import { modelIr } from '@churn/features';
import { z } from 'zod';

/** What the service gives its training process, and what it says back; JSON over the process's channel. */
export const trainingJob = z.strictObject({
  snapshotPath: z.string(),
  tempDir: z.string(),
  /** Folder for model.onnx and reference.bin. */
  outDir: z.string(),
  features: z.array(z.string()),
  baselineFeature: z.string(),
  trainingCutsUs: z.array(z.number()),
  /** null: judged on folds of the training cut, as training.validation says. */
  testCutUs: z.number().nullable(),
  training: modelIr.shape.training,
  library: z.string().optional(),
});
export type TrainingJob = z.infer<typeof trainingJob>;

export type ChildMessage =
  | { type: 'progress'; step: string; done: number; total: number }
  | { type: 'result'; result: TrainedModel }
  | { type: 'error'; message: string };

/** Everything about the trained model but its bytes, which are in outDir. */
export interface TrainedModel {
  metrics: unknown;
  importance: { feature: string; gain: number }[];
  calibration: { slope: number; intercept: number };
  parameters: Record<string, string | number | boolean>;
  threads: number;
  libraryVersion: string;
  trainingRows: number;
  testRows: number;
  parity: { rows: number; max_abs_difference: number };
}
