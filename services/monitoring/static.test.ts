import { driftRun, driftRunList } from '@churn/contracts';
import type { ProjectIr } from '@churn/features';
import { applyDefinitions } from '@churn/registry';
import { eventually, sampleProject } from '@churn/testing';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import request from 'supertest';
import { readsFinishedSources } from './finished-sources.ts';
import type { Service } from './service.ts';
import { checkEnded, finishBatchRun } from './testing/batch-runs.ts';
import { addVersion, createWorld, type World } from './testing/world.ts';

let world: World;
let service: Service;
/** Of the project's finished data set, and eight days on: the windows of seven days are empty. */
const TRAINED = Date.UTC(2026, 2, 5);
const LATER = TRAINED + 8 * 86_400_000;
const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

beforeEach(async () => {
  world = await createWorld();
  service = await world.start({ now: () => LATER });
});
afterEach(() => world.close());

const shop = sampleProject();
const orders = (isStatic: boolean) => shop.sources.map((source) => ({ ...source, static: isStatic }));
const apply = async (changes: Partial<ProjectIr>) =>
  applyDefinitions(world.db.pool, {
    projectId: 'shop',
    ir: sampleProject(changes),
    actor: 'test',
    createProject: false,
  });
/** Applies definitions whose source is finished or not, and trains a version with them. */
const train = async (isStatic: boolean) =>
  addVersion(world.db.pool, 'shop', (await apply({ sources: orders(isStatic) })).hash);

async function check(version: number, at: number) {
  const { id } = await checkEnded(world, await finishBatchRun(world, { version, predictionDate: day(at) }));
  return driftRun.parse((await request(service.url).get(`/drift-runs/${id}`)).body);
}

const drifted = (isStatic: boolean) =>
  `drift_columns_drifted{project="shop",model="churn",static="${isStatic}",service="monitoring"} 3`;
/** Once the gauge is there: all of its series. */
const series = (awaited: string) =>
  eventually(async () => {
    const { text } = await request(service.url).get('/metrics');
    return text.includes(`${awaited}\n`) ? text.match(/^drift_columns_drifted\{.*$/gm) : null;
  });

it('a finished data set drifts with time where no alert looks, and says so', async () => {
  const version = await train(true);
  for (const at of [TRAINED, LATER])
    expect(await check(version, at)).toMatchObject({ drifted: 3, static: true });
  expect(await series(drifted(true))).toEqual([drifted(true)]);
  const { runs } = driftRunList.parse((await request(service.url).get('/drift-runs')).body);
  expect(runs.map((run) => run.static)).toEqual([true, true]);
  const { text } = await request(service.url).get('/drift-runs/latest/report');
  expect(text).toContain('drift that grows with time is expected');
});

it('a source that delivers again brings the alert back, and leaves no series behind', async () => {
  await check(await train(true), TRAINED);
  await series(drifted(true));
  expect(await check(await train(false), LATER)).toMatchObject({ drifted: 3, static: false });
  expect(await series(drifted(false))).toEqual([drifted(false)]);
  const { text } = await request(service.url).get('/drift-runs/latest/report');
  expect(text).not.toContain('drift that grows with time is expected');
});

it('what counts is how the version was trained, whatever was applied since', async () => {
  const version = await train(true);
  await train(false);
  expect(await check(version, LATER)).toMatchObject({ static: true });
});

it('a model that reads one source that still delivers, or whose definitions nobody knows, is watched', async () => {
  const returns = shop.sources.map((source) => ({ ...source, name: 'returns', static: false }));
  const views = shop.views.map((view) => ({ ...view, name: 'returned', source: 'returns' }));
  const { version, hash } = await apply({
    sources: [...orders(true), ...returns],
    views: [...shop.views, ...views],
  });
  const finished = (features: string[], known = hash) =>
    readsFinishedSources(world.db.pool, 'shop', { features, definitions: { version, hash: known } });
  const [bought, returned] = ['purchases@1:spend_90d', 'returned@1:spend_90d'] as const;
  expect(await finished([bought])).toBe(true);
  expect(await finished([bought, returned])).toBe(false);
  expect(await finished([bought], 'of elsewhere')).toBe(false);
});
