import {
  type ModelManifest,
  modelManifest,
  type modelVersionDetail,
  type modelVersionSummary,
  type Stage,
} from '@churn/contracts';
import { NotFound } from '@churn/platform';
import type pg from 'pg';
import type { z } from 'zod';

export type ModelVersionSummary = z.infer<typeof modelVersionSummary>;
export type ModelVersionDetail = z.infer<typeof modelVersionDetail>;

export interface ProductionModel {
  projectId: string;
  model: string;
  version: number;
  manifest: ModelManifest;
  /** Of the ONNX bytes. */
  sha256: string;
}

type Db = pg.Pool | pg.PoolClient;

interface SummaryRow {
  model: string;
  version: number;
  stage: Stage;
  auc: number;
  baseline_auc: number;
  lift_at_10: number;
  created_at: Date;
  created_by: string;
}

const SUMMARY = `model, version, stage, created_at, created_by,
  (manifest #>> '{metrics,auc,value}')::float8 AS auc,
  (manifest #>> '{metrics,baseline,auc}')::float8 AS baseline_auc,
  (manifest #>> '{metrics,lift_at_10,value}')::float8 AS lift_at_10`;

function summaryOf({ created_at, ...row }: SummaryRow): ModelVersionSummary {
  return { ...row, created_at: created_at.toISOString() };
}

/** The versions of a project's models, or of one, the newest first; at most 1,000. */
export async function listVersions(
  db: Db,
  projectId: string,
  model?: string,
): Promise<ModelVersionSummary[]> {
  const { rows } = await db.query<SummaryRow>(
    `SELECT ${SUMMARY} FROM model_version WHERE project_id = $1 AND ($2::text IS NULL OR model = $2)
     ORDER BY model, version DESC LIMIT 1000`,
    [projectId, model ?? null],
  );
  return rows.map(summaryOf);
}

/** One version with its manifest and history. Throws NotFound. */
export async function getVersion(
  db: Db,
  projectId: string,
  model: string,
  version: number,
): Promise<ModelVersionDetail> {
  const { rows } = await db.query<SummaryRow & { manifest: unknown }>(
    `SELECT ${SUMMARY}, manifest FROM model_version WHERE project_id = $1 AND model = $2 AND version = $3`,
    [projectId, model, version],
  );
  const row = rows[0];
  if (row === undefined) {
    throw new NotFound(
      'model-version-unknown',
      `Project ${projectId} has no version ${version} of model "${model}". \`churn models list\` shows what there is.`,
    );
  }
  const { manifest, ...summary } = row;
  return {
    ...summaryOf(summary),
    manifest: modelManifest.parse(manifest),
    transitions: await transitionsOf(db, projectId, model, version),
  };
}

async function transitionsOf(
  db: Db,
  projectId: string,
  model: string,
  version: number,
): Promise<ModelVersionDetail['transitions']> {
  const { rows } = await db.query<{ from: Stage; to: Stage; actor: string; reason: string; at: Date }>(
    `SELECT from_stage AS "from", to_stage AS "to", actor, reason, at FROM stage_transition
     WHERE project_id = $1 AND model = $2 AND version = $3 ORDER BY transition_id`,
    [projectId, model, version],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

interface ProductionRow {
  project_id: string;
  model: string;
  version: number;
  manifest: unknown;
  onnx_sha256: string;
}

function productionOf(row: ProductionRow): ProductionModel {
  return {
    projectId: row.project_id,
    model: row.model,
    version: row.version,
    manifest: modelManifest.parse(row.manifest),
    sha256: row.onnx_sha256,
  };
}

/** What is in Production of a model; default: the first model of the project's current definitions. */
export async function productionModel(
  db: Db,
  projectId: string,
  model?: string,
): Promise<ProductionModel | null> {
  const { rows } = await db.query<ProductionRow>(
    `SELECT project_id, model, version, manifest, onnx_sha256 FROM model_version
     WHERE project_id = $1 AND stage = 'Production' AND model = coalesce($2,
       (SELECT ir #>> '{models,0,name}' FROM definition_set WHERE project_id = $1 ORDER BY version DESC LIMIT 1))`,
    [projectId, model ?? null],
  );
  return rows[0] === undefined ? null : productionOf(rows[0]);
}

/** Every version in Production, of every project: what a server of predictions holds. */
export async function listProduction(db: Db): Promise<ProductionModel[]> {
  const { rows } = await db.query<ProductionRow>(
    `SELECT project_id, model, version, manifest, onnx_sha256 FROM model_version WHERE stage = 'Production'
     ORDER BY project_id, model`,
  );
  return rows.map(productionOf);
}
