import {
  createTestDatabase,
  insertProject,
  promoteSampleModel,
  sampleProject,
  type TestDatabase,
} from '@churn/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loadArtifact, saveArtifact } from './artifacts.ts';
import { allowedMoves } from './stages.ts';
import { transitionStage } from './transition-stage.ts';
import { getVersion, listProduction, listVersions } from './versions.ts';

let db: TestDatabase;
const ir = sampleProject();
let hash: string;
beforeAll(async () => {
  db = await createTestDatabase();
  hash = await insertProject(db.pool, ir);
});
afterAll(() => db.drop());
beforeEach(() => db.pool.query('TRUNCATE model_version, stage_transition, artifact CASCADE'));

/** Brings a version to Production; what was there is Archived. The days make its bytes its own. */
async function promoted(days: number): Promise<number> {
  const [model] = ir.models;
  if (model === undefined) throw new Error('the sample project has no model');
  return promoteSampleModel(db.pool, { projectId: ir.project, model, hash, days });
}
const move = (version: number, to: 'None' | 'Staging' | 'Production' | 'Archived') =>
  transitionStage(db.pool, { projectId: 'shop', model: 'churn', version, to, reason: 'test', actor: 'test' });
const stages = async () =>
  Object.fromEntries((await listVersions(db.pool, 'shop')).map(({ version, stage }) => [version, stage]));

describe('a stage', () => {
  test('may be left only as the table says', () => {
    expect(allowedMoves('None')).toEqual(['Staging', 'Archived']);
    expect(allowedMoves('Staging')).toEqual(['Production', 'None', 'Archived']);
    expect(allowedMoves('Production')).toEqual(['Archived', 'Staging']);
    expect(allowedMoves('Archived')).toEqual(['Staging', 'Production']);
  });

  test('of a new champion archives the old one, which may come back, with a record of each move', async () => {
    const [first, second] = [await promoted(60), await promoted(90)];
    expect(await stages()).toEqual({ [first]: 'Archived', [second]: 'Production' });
    await move(first, 'Production');
    expect(await stages()).toEqual({ [first]: 'Production', [second]: 'Archived' });
    const { transitions } = await getVersion(db.pool, 'shop', 'churn', first);
    expect(transitions.map(({ to }) => to)).toEqual(['Staging', 'Production', 'Archived', 'Production']);
  });

  test('is refused with the reason and the moves there are', async () => {
    const version = await promoted(60);
    await expect(move(version, 'None')).rejects.toThrow(
      `churn/${version} stays in Production: from Production it may go to Archived or Staging, not to None.`,
    );
    await expect(move(99, 'Staging')).rejects.toThrow('no version 99 of model "churn"');
  });

  test('Production is held by exactly one version after many promotions at once', async () => {
    const versions = [await promoted(50), await promoted(60), await promoted(70), await promoted(80)];
    for (const version of versions) await move(version, 'Staging');
    expect(await listProduction(db.pool)).toHaveLength(0);

    const moved = await Promise.allSettled(versions.map((version) => move(version, 'Production')));

    expect(moved.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(Object.values(await stages()).sort()).toEqual(['Archived', 'Archived', 'Archived', 'Production']);
  });

  test('Production is closed to a version whose bytes are damaged', async () => {
    const version = await promoted(60);
    await move(version, 'Staging');
    const { manifest } = await getVersion(db.pool, 'shop', 'churn', version);
    await db.pool.query('UPDATE artifact SET bytes = set_byte(bytes, 0, 255 - get_byte(bytes, 0))');
    await expect(move(version, 'Production')).rejects.toThrow(`Artifact ${manifest.onnx.sha256} is damaged`);
    expect(await stages()).toEqual({ [version]: 'Staging' });
  });
});

describe('an artifact', () => {
  test('is kept once under its SHA-256 and refused when its bytes are others', async () => {
    const bytes = Buffer.from('abc');
    const sha256 = await saveArtifact(db.pool, bytes, 'text/plain');
    expect(sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(await saveArtifact(db.pool, bytes, 'text/plain')).toBe(sha256);
    expect(await loadArtifact(db.pool, sha256)).toEqual(bytes);
    await db.pool.query(`UPDATE artifact SET bytes = 'abd'`);
    await expect(loadArtifact(db.pool, sha256)).rejects.toThrow(`Artifact ${sha256} is damaged`);
    await expect(loadArtifact(db.pool, '0'.repeat(64))).rejects.toThrow('There is no artifact 000');
  });
});
