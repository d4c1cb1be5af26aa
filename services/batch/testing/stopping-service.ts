import { loadBatchConfig } from '../config.ts';
import { startBatchService } from '../service.ts';

/**
 * A batch service of its own process that says when it is at a point and goes no further, for tests that kill or freeze it there.
 * Arguments: the point, the clock (ms), the lease (ms).
 */
const [, , point, nowMs, leaseMs] = process.argv;
await startBatchService(loadBatchConfig(), {
  now: () => Number(nowMs),
  limits: { leaseMs: Number(leaseMs) },
  hooks: {
    async at(reached) {
      if (reached !== point) return;
      process.stdout.write(`at ${reached}\n`);
      await new Promise(() => {});
    },
  },
});
process.stdout.write('up\n');
