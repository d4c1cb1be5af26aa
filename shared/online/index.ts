export { stateKey } from './keys.ts';
export type { OnlineMark } from './mark.ts';
export { GenerationReplaced } from './online-error.ts';
export type { OnlineRead } from './read.ts';
export { createOnlineStore, type OnlineStore } from './store.ts';
export type { StateEntry } from './write.ts';
