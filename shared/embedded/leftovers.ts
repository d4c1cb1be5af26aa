import { join } from 'node:path';
import { endLeftoverPostgres } from './postgres.ts';
import { endLeftoverRedis } from './redis.ts';
import { isOwned } from './server-home.ts';

/** Ends whatever server still runs from `home` although its owner is gone. false, and nothing done, while the owner lives. */
export async function endServersOf(home: string): Promise<boolean> {
  if (isOwned(home)) return false;
  await endLeftoverPostgres(join(home, 'data'));
  await endLeftoverRedis(home);
  return true;
}
