import type { OnlineEvent, OnlineView, SourceIr } from '@churn/features';
import type { Duck } from '@churn/lake';

/** Events of each customer, one after another, become their state. The stream is bounded by one customer's events and one chunk of DuckDB's. */
export async function* streamStates(
  duck: Duck,
  relation: string,
  source: SourceIr,
  online: OnlineView,
  upToPosition: number,
  nowUs: number,
): AsyncGenerator<{ id: string; state: Uint8Array }> {
  const names = source.fields.map(({ name }) => name);
  const columns = ['entity_id', 'position', 'occurred_us', ...names.map((name) => `"${name}"`)];
  const result = await duck.connection.stream(
    `SELECT ${columns.join(', ')} FROM ${relation} WHERE position <= ${upToPosition} ORDER BY entity_id, position`,
  );
  let id: string | null = null;
  let events: OnlineEvent[] = [];
  const finish = (): { id: string; state: Uint8Array } | null => {
    const state = id === null ? null : online.apply(null, events, nowUs);
    return id === null || state === null ? null : { id, state };
  };
  for (
    let chunk = await result.fetchChunk();
    chunk !== null && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    for (const row of chunk.getRows()) {
      const [entity, position, occurredUs, ...values] = row;
      if (entity !== id) {
        const done = finish();
        if (done !== null) yield done;
        id = String(entity);
        events = [];
      }
      events.push({
        position: Number(position),
        occurredUs: Number(occurredUs),
        fields: fieldsOf(names, values),
      });
    }
  }
  const done = finish();
  if (done !== null) yield done;
}

function fieldsOf(names: readonly string[], values: readonly unknown[]): Record<string, number> {
  const fields: Record<string, number> = {};
  for (const [i, name] of names.entries()) if (values[i] !== null) fields[name] = Number(values[i]);
  return fields;
}
