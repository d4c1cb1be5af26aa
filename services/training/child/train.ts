import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createScorer,
  gainShares,
  ONNX_INPUT,
  ONNX_OUTPUT,
  packReference,
  parseXgboostModel,
  xgboostJsonToOnnx,
} from '@churn/model';
import { type Platt, sigmoid } from '@churn/statistics';
import { trainBooster } from './booster.ts';
import { calibrate, positiveWeight, probabilitiesOutOfFold, scoreOutOfFold } from './calibrate.ts';
import { evaluate } from './evaluate.ts';
import type { ChildMessage, TrainedModel, TrainingJob } from './job.ts';
import { THREADS, xgboostParameters } from './parameters.ts';
import { type Rows, readRows } from './read-rows.ts';
import { loadXgboost } from './xgboost-library.ts';

/** ONNX Runtime must agree with XGBoost this closely on every row that the model is judged on. */
const PARITY = 1e-6;
/** Fewer rows than this at the training cuts, or of either class, make no model. */
const FEWEST = 50;

/** Trains, calibrates, writes ONNX, proves it, evaluates. Throws with a sentence for people; files are in `outDir` afterwards. */
export async function train(
  job: TrainingJob,
  report: (message: ChildMessage) => void,
  toOnnx: typeof xgboostJsonToOnnx = xgboostJsonToOnnx,
): Promise<TrainedModel> {
  const progress = (step: string) => (done: number, total: number) =>
    report({ type: 'progress', step, done, total });
  const library = loadXgboost(job.library);
  const training = await readRows(job.snapshotPath, job.tempDir, job.features, job.trainingCutsUs);
  requireClasses(training, job.testCutUs === null ? 'the cut' : 'the training cuts');
  const held = job.testCutUs === null ? null : await readHeld(job, job.testCutUs);
  const outOfFold = scoreOutOfFold(
    library,
    training,
    job.training,
    progress('scoring customers out of fold'),
  );
  const platt = calibrate(outOfFold, training.labels);
  // Without a held-out cut every row is proved, and judged by the models that had not seen it.
  const judged = held ?? training;
  const { saved, margins, parameters } = grow(
    library,
    training,
    job.training,
    judged,
    progress('growing trees'),
  );
  const onnx = toOnnx(saved, { features: job.features, ...platt });
  const proved = await prove(onnx, job.features, judged, margins, platt);
  const scores = held === null ? probabilitiesOutOfFold(outOfFold, training.labels) : proved.scores;
  const metrics = evaluate({
    rows: judged,
    scores,
    baseline: {
      feature: job.baselineFeature,
      column: job.features.findIndex(
        (feature) => feature.endsWith(`:${job.baselineFeature}`) || feature === job.baselineFeature,
      ),
    },
    seed: job.training.seed,
    onProgress: progress('estimating intervals'),
  });
  await writeFile(join(job.outDir, 'model.onnx'), onnx);
  await writeFile(join(job.outDir, 'reference.bin'), referenceOf(job.features, judged, scores));
  return {
    metrics,
    importance: importanceOf(saved, job.features),
    calibration: platt,
    parameters,
    threads: THREADS,
    libraryVersion: library.version,
    trainingRows: training.rows,
    testRows: judged.rows,
    parity: { rows: judged.rows, max_abs_difference: proved.difference },
  };
}

/** Trains on all of `rows`, and gives the model as XGBoost saves it, with the margins of the rows that it is judged on. */
function grow(
  library: ReturnType<typeof loadXgboost>,
  rows: Rows,
  training: TrainingJob['training'],
  judged: Rows,
  onRound: (done: number, total: number) => void,
) {
  const { parameters, rounds } = xgboostParameters(training, positiveWeight(rows.labels));
  const booster = trainBooster(library, rows, rows.labels, {
    parameters,
    rounds,
    onRound: (done) => onRound(done, rounds),
  });
  try {
    return { saved: booster.save(), margins: booster.margins(judged), parameters: { ...parameters, rounds } };
  } finally {
    booster.free();
  }
}

async function readHeld(job: TrainingJob, cutUs: number): Promise<Rows> {
  const held = await readRows(job.snapshotPath, job.tempDir, job.features, [cutUs]);
  requireClasses(held, `the test cut ${new Date(cutUs / 1000).toISOString().slice(0, 10)}`);
  return held;
}

function requireClasses(rows: Rows, where: string): void {
  const churned = rows.labels.reduce((sum, label) => sum + label, 0);
  const stayed = rows.rows - churned;
  if (churned >= FEWEST && stayed >= FEWEST) return;
  throw new Error(
    `There is too little to learn from: at ${where} ${churned} eligible customers churned and ${stayed} stayed; ${FEWEST} of each are needed. Import more history, or widen the population.`,
  );
}

/** Scores of ONNX Runtime, which must be those of XGBoost. Throws naming the worst row. */
async function prove(
  onnx: Uint8Array,
  features: readonly string[],
  rows: Rows,
  margins: Float32Array,
  { slope, intercept }: Platt,
): Promise<{ scores: Float32Array; difference: number }> {
  const scorer = await createScorer(onnx, { features, onnx: { input: ONNX_INPUT, output: ONNX_OUTPUT } });
  try {
    const scores = Float32Array.from(await scorer.score(rows.data, rows.rows));
    let worst = 0;
    let difference = 0;
    for (let row = 0; row < rows.rows; row++) {
      const gap = Math.abs((scores[row] ?? Number.NaN) - sigmoid(slope * (margins[row] ?? 0) + intercept));
      if (!(gap <= difference)) {
        difference = gap;
        worst = row;
      }
    }
    if (!(difference <= PARITY))
      throw new Error(
        `The ONNX model is refused: on row ${worst} it differs from XGBoost by ${difference}, more than ${PARITY}. This is a defect: please report it with the run's parameters.`,
      );
    return { scores, difference };
  } finally {
    await scorer.release();
  }
}

function importanceOf(saved: unknown, features: readonly string[]): { feature: string; gain: number }[] {
  const shares = gainShares(parseXgboostModel(saved));
  return features.map((feature, i) => ({ feature, gain: shares[i] ?? 0 })).sort((a, b) => b.gain - a.gain);
}

/** Features and score, column after column. */
function referenceOf(features: readonly string[], rows: Rows, scores: Float32Array): Buffer {
  const columns = [...features, 'churn_probability'];
  const data = new Float32Array(columns.length * rows.rows);
  for (let column = 0; column < features.length; column++)
    for (let row = 0; row < rows.rows; row++)
      data[column * rows.rows + row] = rows.data[row * rows.columns + column] ?? Number.NaN;
  data.set(scores, features.length * rows.rows);
  return packReference(columns, data);
}
