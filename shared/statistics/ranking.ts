/** Ranking metrics of a binary classifier. `labels` are 0 or 1, `scores` higher for likelier; both have one entry a row. */
export interface Scored {
  scores: ArrayLike<number>;
  labels: ArrayLike<number>;
}

/** Rows by descending score; ties in the order of their rows. */
export function byScore(scores: ArrayLike<number>): Uint32Array {
  const order = Uint32Array.from({ length: scores.length }, (_, row) => row);
  return order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
}

/** Area under the ROC curve: the chance that a positive outranks a negative, ties counting half (Mann-Whitney). NaN without both classes. */
export function auc(data: Scored): number {
  return weightedAuc(data, byScore(data.scores), undefined);
}

/**
 * AUC where a row counts `weights[row]` times (default once), given its order by descending score. A bootstrap resample is a weight a row,
 * so that no resample needs to sort.
 */
export function weightedAuc(
  { scores, labels }: Scored,
  order: Uint32Array,
  weights: ArrayLike<number> | undefined,
): number {
  let above = 0;
  let positives = 0;
  let negatives = 0;
  forTies(scores, order, (from, to) => {
    let tiedPositives = 0;
    let tiedNegatives = 0;
    for (let i = from; i < to; i++) {
      const row = order[i] ?? 0;
      const weight = weights === undefined ? 1 : (weights[row] ?? 0);
      if (labels[row] === 1) tiedPositives += weight;
      else tiedNegatives += weight;
    }
    above += tiedNegatives * (positives + tiedPositives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
  });
  return above / (positives * negatives);
}

/** Average precision: the mean over positives of the precision at their rank; tied rows share one rank. NaN without positives. */
export function prAuc(data: Scored): number {
  return weightedPrAuc(data, byScore(data.scores), undefined);
}

export function weightedPrAuc(
  { scores, labels }: Scored,
  order: Uint32Array,
  weights: ArrayLike<number> | undefined,
): number {
  let sum = 0;
  let positives = 0;
  let seen = 0;
  forTies(scores, order, (from, to) => {
    let tied = 0;
    for (let i = from; i < to; i++) {
      const row = order[i] ?? 0;
      const weight = weights === undefined ? 1 : (weights[row] ?? 0);
      seen += weight;
      if (labels[row] === 1) tied += weight;
    }
    positives += tied;
    if (seen > 0) sum += tied * (positives / seen);
  });
  return sum / positives;
}

/**
 * Lift of the top `share` of rows: their rate of positives over the overall rate. A tie that straddles the border contributes its mean rate
 * for the part inside, so that the order within ties does not matter.
 */
export function liftAt(data: Scored, share: number): number {
  return weightedLiftAt(data, byScore(data.scores), undefined, share);
}

export function weightedLiftAt(
  { scores, labels }: Scored,
  order: Uint32Array,
  weights: ArrayLike<number> | undefined,
  share: number,
): number {
  let total = 0;
  let positives = 0;
  for (let row = 0; row < labels.length; row++) {
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    total += weight;
    if (labels[row] === 1) positives += weight;
  }
  const wanted = total * share;
  let taken = 0;
  let hits = 0;
  forTies(scores, order, (from, to) => {
    if (taken >= wanted) return;
    let size = 0;
    let tied = 0;
    for (let i = from; i < to; i++) {
      const row = order[i] ?? 0;
      const weight = weights === undefined ? 1 : (weights[row] ?? 0);
      size += weight;
      if (labels[row] === 1) tied += weight;
    }
    if (size === 0) return;
    const part = Math.min(1, (wanted - taken) / size);
    hits += tied * part;
    taken += size * part;
  });
  return hits / wanted / (positives / total);
}

/** Calls back for each run of equal scores, [from, to) in `order`. */
function forTies(
  scores: ArrayLike<number>,
  order: Uint32Array,
  visit: (from: number, to: number) => void,
): void {
  let from = 0;
  while (from < order.length) {
    const score = scores[order[from] ?? 0];
    let to = from + 1;
    while (to < order.length && scores[order[to] ?? 0] === score) to++;
    visit(from, to);
    from = to;
  }
}
