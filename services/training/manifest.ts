import { createHash } from 'node:crypto';
import { type ModelManifest, modelManifest } from '@churn/contracts';
import type { ModelIr } from '@churn/features';
import type { Frozen } from '@churn/lake';
import { ONNX_INPUT, ONNX_OUTPUT } from '@churn/model';
import type { TrainedModel } from './child/job.ts';
import type { Cuts } from './cuts.ts';

interface Parts {
  model: ModelIr;
  training: ModelIr['training'];
  trained: TrainedModel;
  onnx: Buffer;
  reference: Buffer;
  frozen: Frozen;
  cuts: Cuts;
  definitions: { hash: string; version: number };
  codeCommit: string;
}

/** Everything that is needed to run this version, and to train it again. */
export function buildManifest({
  model,
  training,
  trained,
  onnx,
  reference,
  frozen,
  cuts,
  definitions,
  codeCommit,
}: Parts): ModelManifest {
  const day = (us: number) => new Date(us / 1000).toISOString();
  return modelManifest.parse({
    format: 1,
    model: model.name,
    algorithm: training.algorithm,
    features: model.features,
    onnx: { sha256: sha256(onnx), input: ONNX_INPUT, output: ONNX_OUTPUT, bytes: onnx.length },
    calibration: { method: 'platt', ...trained.calibration },
    thresholds: model.thresholds,
    evaluation:
      training.validation === undefined
        ? { kind: 'later-cut' }
        : { kind: 'folds', folds: training.validation.folds },
    metrics: trained.metrics,
    importance: trained.importance,
    reference: {
      sha256: sha256(reference),
      rows: trained.testRows,
      columns: [...model.features, 'churn_probability'],
    },
    dataset: {
      version: frozen.datasetVersion,
      position: frozen.position,
      training_cuts: cuts.trainingUs.map(day),
      test_cut: cuts.testUs === null ? null : day(cuts.testUs),
      training_rows: trained.trainingRows,
      test_rows: trained.testRows,
    },
    definitions: { hash: definitions.hash, version: definitions.version },
    parameters: trained.parameters,
    seed: training.seed,
    threads: trained.threads,
    environment: {
      library: 'xgboost',
      library_version: trained.libraryVersion,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      code_commit: codeCommit,
    },
    parity: trained.parity,
  });
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
