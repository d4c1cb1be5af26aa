/** Ranking metrics of a binary classifier. `labels` are 0 or 1, `scores` higher for likelier; both have one entry a row. */
export interface Scored {
  scores: ArrayLike<number>;
  labels: ArrayLike<number>;
}

/**
 * Rows by descending score, sorted once for many weightings. A bootstrap resample is a weight a row, so that no resample needs to sort; weights
 * are given in this order, so that each metric is one pass over memory that lies side by side.
 */
export interface Ranking {
  /** The row at each rank; ties in the order of their rows. */
  rows: Uint32Array;
  /** The label at each rank. */
  labels: Uint8Array;
  /** Where each run of equal scores ends, exclusive, ascending. */
  ties: Uint32Array;
}

export function rank({ scores, labels }: Scored): Ranking {
  const rows = Uint32Array.from({ length: scores.length }, (_, row) => row).sort(
    (a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b,
  );
  const ends = (at: number) => at === rows.length || scores[rows[at] ?? 0] !== scores[rows[at - 1] ?? 0];
  return {
    rows,
    labels: Uint8Array.from(rows, (row) => labels[row] ?? 0),
    ties: Uint32Array.from(Array.from(rows, (_, at) => at + 1).filter(ends)),
  };
}

/** Area under the ROC curve: the chance that a positive outranks a negative, ties counting half (Mann-Whitney). NaN without both classes. */
export function auc(data: Scored): number {
  return weightedAuc(rank(data));
}

/** AUC where the row at each rank counts `weights[rank]` times, default once. */
export function weightedAuc({ labels, ties }: Ranking, weights?: Float64Array): number {
  let above = 0;
  let positives = 0;
  let negatives = 0;
  let at = 0;
  for (const end of ties) {
    let tiedPositives = 0;
    let tiedNegatives = 0;
    for (; at < end; at++) {
      const weight = weights === undefined ? 1 : (weights[at] ?? 0);
      if (labels[at] === 1) tiedPositives += weight;
      else tiedNegatives += weight;
    }
    above += tiedNegatives * (positives + tiedPositives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  return above / (positives * negatives);
}

/** Average precision: the mean over positives of the precision at their rank; tied rows share one rank. NaN without positives. */
export function prAuc(data: Scored): number {
  return weightedPrAuc(rank(data));
}

export function weightedPrAuc({ labels, ties }: Ranking, weights?: Float64Array): number {
  let sum = 0;
  let positives = 0;
  let seen = 0;
  let at = 0;
  for (const end of ties) {
    let tied = 0;
    for (; at < end; at++) {
      const weight = weights === undefined ? 1 : (weights[at] ?? 0);
      seen += weight;
      if (labels[at] === 1) tied += weight;
    }
    positives += tied;
    if (seen > 0) sum += tied * (positives / seen);
  }
  return sum / positives;
}

/**
 * Lift of the top `share` of rows: their rate of positives over the overall rate. A tie that straddles the border contributes its mean rate
 * for the part inside, so that the order within ties does not matter.
 */
export function liftAt(data: Scored, share: number): number {
  return weightedLiftAt(rank(data), share);
}

export function weightedLiftAt({ labels, ties }: Ranking, share: number, weights?: Float64Array): number {
  let total = 0;
  let positives = 0;
  for (let at = 0; at < labels.length; at++) {
    const weight = weights === undefined ? 1 : (weights[at] ?? 0);
    total += weight;
    if (labels[at] === 1) positives += weight;
  }
  const wanted = total * share;
  let taken = 0;
  let hits = 0;
  let at = 0;
  for (const end of ties) {
    if (taken >= wanted) break;
    let size = 0;
    let tied = 0;
    for (; at < end; at++) {
      const weight = weights === undefined ? 1 : (weights[at] ?? 0);
      size += weight;
      if (labels[at] === 1) tied += weight;
    }
    if (size === 0) continue;
    const part = Math.min(1, (wanted - taken) / size);
    hits += tied * part;
    taken += size * part;
  }
  return hits / wanted / (positives / total);
}
