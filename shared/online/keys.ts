/** Key of the mark. Project names have no colon, so keys of two projects cannot meet. */
export function markKey(project: string): string {
  return `churn:${project}:online`;
}

/** Prefix of all states of a project, whatever their generation. */
export function statesPrefix(project: string): string {
  return `churn:${project}:s:`;
}

/** Key of one state. The entity id comes last because it alone may contain colons. `view` is `name@version`. */
export function stateKey(project: string, generation: number, view: string, entityId: string): string {
  return `${statesPrefix(project)}${generation}:${view}:${entityId}`;
}

/** Generation of a state's key, or null when the key is not one of the project's states. */
export function generationOf(project: string, key: string): number | null {
  const prefix = statesPrefix(project);
  if (!key.startsWith(prefix)) return null;
  const generation = Number(key.slice(prefix.length, key.indexOf(':', prefix.length)));
  return Number.isSafeInteger(generation) ? generation : null;
}
