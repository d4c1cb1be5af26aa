/**
 * How well churn of CDNOW's customers can be foretold, against recency alone, with the platform's own snapshot and booster. Usage:
 * node bench/reference.ts. Takes some seconds; Postgres and Redis are not needed.
 *
 * With 5 folds at 1998-01-01 others reach an AUC of 0.695. Which customers share a fold moves ours by 0.003 either way (six shuffles, standard
 * deviation 0.002 at a learning rate of 0.1), and the learning rate moves it most: XGBoost's own 0.3 gives 0.673, 0.1 gives 0.690, 0.05 gives 0.697,
 * 0.03 gives 0.699. Balanced classes, calibration (monotone) and pooled against mean AUC of the folds make less than 0.001 of it.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSnapshot, type Duck, openDuck, type Segment } from '@churn/lake';
import { sigmoid } from '@churn/statistics';
import project from '../examples/cdnow/churn.project.ts';
import { trainBooster } from '../services/training/child/booster.ts';
import { positiveWeight } from '../services/training/child/calibrate.ts';
import { evaluate } from '../services/training/child/evaluate.ts';
import { xgboostParameters } from '../services/training/child/parameters.ts';
import { filterRows, type Rows, readRows } from '../services/training/child/read-rows.ts';
import { loadXgboost } from '../services/training/child/xgboost-library.ts';
import { planCuts } from '../services/training/cuts.ts';
import { report, whole } from './harness/report.ts';

const CSV = resolve(import.meta.dirname, '../examples/cdnow/cdnow_transactions.csv');
const FOLDS = 5;
const us = (date: string) => Date.parse(date) * 1000;
const FOLDED_CUT = us('1998-01-01');

const library = loadXgboost(undefined);
const [model] = project.models;
if (model === undefined) throw new Error('examples/cdnow defines no model');
const { name, features, training, baseline_feature: feature } = model;
const baseline = { feature, column: features.indexOf(feature) };

const dir = await mkdtemp(join(tmpdir(), 'churn-reference-'));
const duck = await openDuck({ tempDir: dir });
try {
  const cuts = planCuts({
    nowUs: us('1998-06-30'),
    firstEventUs: us('1997-01-01'),
    firstLabelUs: us('1997-01-01'),
    lastLabelUs: us('1998-06-30'),
    horizonDays: project.labels[0]?.horizon_days ?? 0,
    cuts: training.cuts,
    everyDays: training.cut_every_days,
  });
  const snapshot = await snapshotOf(duck, [...new Set([FOLDED_CUT, ...cuts.trainingUs, cuts.testUs])]);
  const read = (cutsUs: number[]) => readRows(snapshot, dir, features, cutsUs);
  const [folded, past, later] = [
    await read([FOLDED_CUT]),
    await read(cuts.trainingUs),
    await read([cuts.testUs]),
  ];
  report({
    title: 'Churn of CDNOW, against recency alone',
    command: 'node bench/reference.ts',
    what: `Eligible: bought in the last ${project.population.active_within_days} days; churned: no purchase in the next 90. XGBoost ${library.version}, ${training.trees} trees of depth ${training.depth}; 95% intervals by bootstrap.`,
    header: ['cut', 'trained on', 'customers', 'AUC', '95% interval', 'AUC of recency', 'lift at 10%'],
    rows: [
      row('1998-01-01', `itself, ${FOLDS} folds`, folded, outOfFold(folded)),
      row(
        new Date(cuts.testUs / 1000).toISOString().slice(0, 10),
        `${cuts.trainingUs.length} cuts before it`,
        later,
        scoresOf(past, later),
      ),
    ],
  });
} finally {
  await duck.close();
  await rm(dir, { recursive: true, force: true });
}

/** Imports the purchases as one segment and computes the features at the cuts. Returns the snapshot's path. */
async function snapshotOf(to: Duck, cutsUs: number[]): Promise<string> {
  await to.run(
    `COPY (SELECT customer_id AS entity_id, epoch_us(date::TIMESTAMP) AS occurred_us, round(amount * 100)::BIGINT AS amount,
       quantity::BIGINT AS quantity, row_number() OVER () - 1 AS row_offset
     FROM read_csv('${CSV}', types = {'customer_id': 'VARCHAR', 'amount': 'DECIMAL(12, 2)'})) TO '${join(dir, 'events.parquet')}' (FORMAT parquet)`,
  );
  const segment: Segment = {
    segmentId: '1',
    source: 'transactions',
    path: 'events.parquet',
    sha256: '',
    rows: 0,
    bytes: (await stat(join(dir, 'events.parquet'))).size,
    positionFrom: 1,
    positionTo: Number.MAX_SAFE_INTEGER,
    minOccurredUs: 0,
    maxOccurredUs: 0,
  };
  const outPath = join(dir, 'snapshot.parquet');
  await buildSnapshot(to, {
    ir: project,
    model: name,
    segments: [segment],
    lakeUrl: pathToFileURL(dir).href,
    cutsUs,
    upToPosition: Number.MAX_SAFE_INTEGER,
    labels: true,
    eligibleOnly: true,
    outPath,
  });
  return outPath;
}

function scoresOf(from: Rows, of: Rows): Float32Array {
  const booster = trainBooster(
    library,
    from,
    from.labels,
    xgboostParameters(training, positiveWeight(from.labels)),
  );
  const scores = booster.margins(of).map(sigmoid);
  booster.free();
  return scores;
}

/** Every customer scored by trees that never saw them. One cut, so a row is a customer. */
function outOfFold(rows: Rows): Float32Array {
  const scores = new Float32Array(rows.rows);
  for (let fold = 0; fold < FOLDS; fold++) {
    const found = scoresOf(
      filterRows(rows, (at) => at % FOLDS !== fold),
      filterRows(rows, (at) => at % FOLDS === fold),
    );
    for (const [index, score] of found.entries()) scores[index * FOLDS + fold] = score;
  }
  return scores;
}

function row(cut: string, trainedOn: string, rows: Rows, scores: Float32Array): string[] {
  const {
    auc,
    lift_at_10,
    baseline: alone,
  } = evaluate({ rows, scores, baseline, seed: training.seed, onProgress: () => {} });
  const interval = `${auc.low.toFixed(3)} to ${auc.high.toFixed(3)}`;
  return [
    cut,
    trainedOn,
    whole(rows.rows),
    auc.value.toFixed(3),
    interval,
    alone.auc.toFixed(3),
    lift_at_10.value.toFixed(2),
  ];
}
