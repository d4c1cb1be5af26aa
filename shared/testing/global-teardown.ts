import { stopTestServer } from './test-server.ts';

// biome-ignore lint/style/noDefaultExport: Jest takes a global teardown from the default export
export default stopTestServer;
