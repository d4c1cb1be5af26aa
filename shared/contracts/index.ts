export * from './batch.ts';
export * from './drift.ts';
export * from './events.ts';
export * from './identifiers.ts';
export * from './models.ts';
export * from './predict.ts';
export * from './problem.ts';
