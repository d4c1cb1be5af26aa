import { ksTwoSample } from './kolmogorov-smirnov.ts';

/** One number that a comparison gives: a key of its results, a column of the report and the gauge drift_<name>. */
export interface DriftStatistic {
  /** Lower case with _, unique. */
  name: string;
  /** For people. */
  title: string;
  help: string;
}

/** A comparison of two samples without missing values, neither of them empty. */
interface DriftTest {
  statistics: readonly DriftStatistic[];
  /** The values, in the order of `statistics`. */
  compare(before: Float32Array, after: Float32Array): readonly number[];
}

const kolmogorovSmirnov: DriftTest = {
  statistics: [
    {
      name: 'ks_statistic',
      title: 'KS distance',
      help: 'Kolmogorov-Smirnov distance to the training reference',
    },
    { name: 'ks_p_value', title: 'KS p', help: 'p-value of that distance' },
  ],
  compare(before, after) {
    const { statistic, pValue } = ksTwoSample(before, after);
    return [statistic, pValue];
  },
};

/** What stands beside the stability index, which alone decides. To add one: write it above, name it here. */
const TESTS: readonly DriftTest[] = [kolmogorovSmirnov];

export const PSI: DriftStatistic = {
  name: 'psi',
  title: 'PSI',
  help: 'Population stability index against the training reference',
};

/** Every statistic that a comparison may give, in the order that people see. */
export const DRIFT_STATISTICS: readonly DriftStatistic[] = [
  PSI,
  ...TESTS.flatMap(({ statistics }) => statistics),
];

/** The values of every test by name; none where a sample is empty. */
export function runDriftTests(before: Float32Array, after: Float32Array): Record<string, number> {
  if (before.length === 0 || after.length === 0) return {};
  return Object.fromEntries(
    TESTS.flatMap(({ statistics, compare }) => {
      const values = compare(before, after);
      return statistics.map(({ name }, index) => [name, values[index] ?? Number.NaN]);
    }),
  );
}
