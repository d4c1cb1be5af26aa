/** Values that a message shows. */
const SHOWN = 20;

/** Categories as a message shows them: `"Yes", "No"`; of many the first. */
export function listed(categories: readonly string[]): string {
  const shown = categories.slice(0, SHOWN).map((value) => `"${value}"`);
  const more = categories.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
