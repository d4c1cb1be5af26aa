import { compileSnapshotSql, compileView, type ProjectIr } from '@churn/features';
import type { Duck } from '../duck.ts';
import type { History, Scene } from './histories.ts';

export interface Difference {
  customer: string;
  feature: string;
  offline: number | null;
  online: number;
}

const FIELDS = ['amount', 'quantity', 'weight', 'plan'];

/** Fills the table `event` with the scene's histories; customer c<index>. */
export async function loadScene(duck: Duck, scene: Scene): Promise<void> {
  await duck.run(
    `CREATE OR REPLACE TABLE event (entity_id VARCHAR, occurred_us BIGINT, position BIGINT${FIELDS.map((name) => `, ${name} BIGINT`).join('')})`,
  );
  const appender = await duck.connection.createAppender('event');
  for (const [index, history] of scene.histories.entries()) {
    for (const event of history.events) {
      appender.appendVarchar(`c${index}`);
      appender.appendBigInt(BigInt(event.occurredUs));
      appender.appendBigInt(BigInt(event.position));
      for (const name of FIELDS) {
        const value = event.fields[name];
        if (value === undefined) appender.appendNull();
        else appender.appendBigInt(BigInt(value));
      }
      appender.endRow();
    }
  }
  appender.closeSync();
}

/** Compares SQL over `offline` with the online evaluator over `online`, bit for bit; `type` sets the precision on both sides. */
export async function differences(
  duck: Duck,
  scene: Scene,
  type: 'FLOAT' | 'DOUBLE',
  online: ProjectIr,
  offline: ProjectIr = online,
): Promise<{ compared: number; found: Difference[] }> {
  const events = Object.fromEntries(offline.sources.map((source) => [source.name, 'event']));
  const sql = compileSnapshotSql(offline, {
    model: offline.models[0]!.name,
    events,
    cuts: [BigInt(scene.cutUs)],
    upToPosition: BigInt(scene.upToPosition),
    type,
  });
  const rows = new Map((await duck.rows<Record<string, unknown>>(sql)).map((row) => [row.entity_id, row]));
  const found: Difference[] = [];
  let compared = 0;
  for (const [index, history] of scene.histories.entries()) {
    const row = rows.get(`c${index}`);
    const vector = evaluateOnline(online, scene, history, type);
    if ((row === undefined) !== vector.unknown) throw new Error(`c${index} is known to one side only`);
    if (row === undefined) continue;
    const columns = Object.keys(row).filter((column) => column.includes(':'));
    for (const [at, column] of columns.entries()) {
      compared += 1;
      const expected = row[column] as number | null;
      const got = vector.values[at] ?? Number.NaN;
      const same = expected === null ? Number.isNaN(got) : Object.is(expected, got);
      if (!same) found.push({ customer: `c${index}`, feature: column, offline: expected, online: got });
    }
  }
  return { compared, found };
}

/** The customer's vector from a state that was built as the projector does: in batches, some repeated, at clocks before the cut; what was ahead of the last clock is still waiting then. */
function evaluateOnline(ir: ProjectIr, scene: Scene, history: History, type: 'FLOAT' | 'DOUBLE') {
  const view = ir.views[0]!;
  const online = compileView(view);
  const known = history.events.filter((event) => event.position <= scene.upToPosition);
  let state: Uint8Array | null = null;
  let from = 0;
  for (const [turn, share] of history.batches.entries()) {
    const to = Math.ceil(share * known.length);
    const nowUs = scene.cutUs - history.idleUs - (history.batches.length - 1 - turn) * 3_600_000_000;
    state = online.apply(state, known.slice(Math.max(0, from - 2), to), nowUs) ?? state;
    from = to;
  }
  const values =
    type === 'FLOAT' ? new Float32Array(view.features.length) : new Float64Array(view.features.length);
  const { lastUs } = online.evaluate(state, scene.cutUs, values, 0);
  return { values, unknown: lastUs === null };
}
