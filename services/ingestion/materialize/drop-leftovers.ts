import type { OnlineMark, OnlineStore } from '@churn/online';

/** Deletes what a rebuild that did not come to its end has left, for the holder of the project's lock. Returns the mark of what serves. */
export async function dropLeftovers(store: OnlineStore, projectId: string): Promise<OnlineMark | null> {
  const { mark, building } = await store.standing(projectId);
  if (building) await store.dropOtherGenerations(projectId, mark?.generation ?? 0);
  return mark;
}
