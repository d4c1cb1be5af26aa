import type { Run } from '../queries/claim-run.ts';

/** Which features go to the CRM, and where. */
export interface ExportColumns {
  /** `view@version:feature`, each once: the order of a row's values. */
  features: string[];
  /** Those that go into the column features. */
  exported: readonly string[];
  /** The one that is total_spent_30d, if the model has such a feature; likewise days_since_last_txn. */
  spent: string | undefined;
  recency: string | undefined;
}

export interface HighRiskRow {
  customerId: string;
  probability: number;
  /** In the order of ExportColumns.features; NaN is missing. */
  values: Float32Array;
}

export const crmColumns =
  'project_id, customer_id, churn_probability, churn_risk, total_spent_30d, days_since_last_txn, features, prediction_date, model, model_version, exported_at';

/** A row as COPY reads it in its text format. */
export function exportLine(row: HighRiskRow, columns: ExportColumns, run: Run, exportedAt: Date): string {
  const value = (reference: string | undefined) =>
    reference === undefined ? null : shortest(row.values[columns.features.indexOf(reference)] ?? Number.NaN);
  const features = Object.fromEntries(
    columns.exported.map((reference) => [reference.slice(reference.indexOf(':') + 1), value(reference)]),
  );
  const fields = [
    run.projectId,
    row.customerId,
    shortest(row.probability),
    'high',
    value(columns.spent),
    value(columns.recency),
    JSON.stringify(features),
    run.predictionDate,
    run.model,
    run.modelVersion,
    exportedAt.toISOString(),
  ];
  return `${fields.map(copyField).join('\t')}\n`;
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** https://www.postgresql.org/docs/current/sql-copy.html, text format: backslash escapes, \N is null. */
function copyField(value: string | number | null): string {
  if (value === null) return '\\N';
  return String(value).replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}

/** The shortest decimal that is this Float32 when read back: 12.34, not 12.34000015258789. Null for NaN. */
export function shortest(value: number): number | null {
  if (Number.isNaN(value)) return null;
  for (let digits = 7; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === Math.fround(value)) return candidate;
  }
  return Number(value.toPrecision(9));
}
