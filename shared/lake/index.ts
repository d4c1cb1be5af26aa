export { buildSnapshot } from './build-snapshot.ts';
export { type Duck, openDuck } from './duck.ts';
export { eventsRelation } from './events-relation.ts';
export { type Frozen, freeze } from './freeze.ts';
export { lakePath } from './lake-path.ts';
export { readSegments } from './read-segments.ts';
export { scratchFolder } from './scratch-folder.ts';
export { insertSegment, listSegments, type NewSegment, type Segment } from './segments.ts';
