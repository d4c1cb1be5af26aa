import { startTestServer } from './test-server.ts';

/** Once a run, before any worker exists: the server of every test database. Workers find it in their environment. */
async function setUp(): Promise<void> {
  const { url, template } = await startTestServer();
  process.env.TEST_POSTGRES_URL = url;
  process.env.TEST_POSTGRES_TEMPLATE = template;
}

/** @public Jest loads it by the file's name. */
// biome-ignore lint/style/noDefaultExport: Jest takes a global setup from the default export
export default setUp;
