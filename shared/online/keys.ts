/** Key of the mark. Project names have no colon, so keys of two projects cannot meet. */
export function markKey(project: string): string {
  return `churn:${project}:online`;
}

/** Key of the number of the generation that is being built; there from the first state of a rebuild until nothing but its result is left. */
export function buildingKey(project: string): string {
  return `churn:${project}:building`;
}

/** Key of the position up to which the projector has brought the states. A store that was set back in time says so by it. */
export function projectedKey(project: string): string {
  return `churn:${project}:projected`;
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
