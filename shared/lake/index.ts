export { buildSnapshot, type SnapshotOptions, type SnapshotResult } from './build-snapshot.ts';
export { type Duck, type DuckOptions, openDuck } from './duck.ts';
export { eventsRelation } from './events-relation.ts';
export { type Frozen, freeze } from './freeze.ts';
export { LakeError, lakePath } from './lake-path.ts';
export { readSegments } from './read-segments.ts';
export { scratchFolder } from './scratch-folder.ts';
export { datasetVersion, insertSegment, listSegments, type NewSegment, type Segment } from './segments.ts';
