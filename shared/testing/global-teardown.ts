import { stopTestServer } from './test-server.ts';

/** @public Jest loads it by the file's name. */
// biome-ignore lint/style/noDefaultExport: Jest takes a global teardown from the default export
export default stopTestServer;
