import { setTimeout as delay } from 'node:timers/promises';
import { patiently } from '../harness/patiently.ts';
import type { ProcessName, RunningPlatform } from '../harness/running-platform.ts';
import type { Fault } from './verdict.ts';

/** Longer than any client should wait. */
const FROZEN_MS = 12_000;
const BACK_MS = 60_000;

/** Does it to the process, and resolves when the process is there again: woken, or started anew by `churn up`. */
export async function deliver(platform: RunningPlatform, victim: ProcessName, fault: Fault): Promise<void> {
  const tree = await platform.treeOf(victim);
  const [pid = 0] = tree;
  if (fault === 'frozen 12 s') {
    for (const each of tree) process.kill(each, 'SIGSTOP');
    await delay(FROZEN_MS);
    for (const each of tree) process.kill(each, 'SIGCONT');
    return;
  }
  process.kill(pid, fault === 'kill -9' ? 'SIGKILL' : orderly(victim));
  await patiently(
    async () => {
      if ((await platform.pidOf(victim)) === pid) throw new Error(`process ${pid} has not ended`);
    },
    { limitMs: BACK_MS },
  );
}

/** What ends it in good order. PostgreSQL waits on SIGTERM for its clients to leave, which those of the services never do. */
function orderly(victim: ProcessName): NodeJS.Signals {
  return victim === 'postgres' ? 'SIGINT' : 'SIGTERM';
}
