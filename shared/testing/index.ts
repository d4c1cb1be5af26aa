export { freePort } from '@churn/embedded';
export { createTestDatabase, type TestDatabase } from './database.ts';
export { eventually } from './eventually.ts';
export { createTestLake, type TestLake } from './lake.ts';
export { createTestRedis } from './redis.ts';
export { openRelay, type Relay } from './relay.ts';
export { HIGH, promoteSampleModel, promoteTrees, type SavedTree, sampleTree } from './sample-model.ts';
export { insertProject, sampleProject } from './sample-project.ts';
export type { TestRedis } from './test-redis.ts';
