/** Values that render nonsense, or nothing that a cluster would take, and what helm says to them. */
export interface ValueMistake {
  what: string;
  values: object;
  says: string | RegExp;
}

export const inference = (values: object) => ({ services: { inference: values } });
export const batch = (values: object) => ({ services: { batch: values } });
