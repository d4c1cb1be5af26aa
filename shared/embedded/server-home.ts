import { createHash, randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { EmbeddedServerError } from './embedded-server-error.ts';
import { commandOf, isAlive } from './process-table.ts';
import { canEnter, type ServerUser } from './server-user.ts';

const record = z.strictObject({ port: z.int(), password: z.string().min(16), owner: z.int() });
export type ServerRecord = z.infer<typeof record>;

/** Where the server's files live: `dir`, or a folder below /var/lib/churn when the server's user cannot enter it (a clone below /root). */
export function serverHome(dir: string, user: ServerUser | null): string {
  const wanted = resolve(dir);
  mkdirSync(wanted, { recursive: true });
  if (user === null) return wanted;
  const parent = dirname(wanted);
  const home = canEnter(user, parent) ? wanted : `/var/lib/churn/${sha256(wanted).slice(0, 16)}`;
  mkdirSync(home, { recursive: true, mode: 0o755 });
  chownSync(home, user.uid, user.gid);
  return home;
}

/** What an earlier start left for this one: its port and password. null the first time. */
export function readRecord(home: string): ServerRecord | null {
  const path = join(home, 'server.json');
  if (!existsSync(path)) return null;
  const found = record.safeParse(parseJson(readFileSync(path, 'utf8')));
  if (!found.success)
    throw new EmbeddedServerError(
      `${path} is damaged. Remove the folder ${home} to start afresh; its data is lost.`,
    );
  return found.data;
}

export function writeRecord(home: string, value: ServerRecord): void {
  writeFileSync(join(home, 'server.json'), `${JSON.stringify(value)}\n`, { mode: 0o600 });
}

export function newPassword(): string {
  return randomBytes(18).toString('base64url');
}

/** Whether the process that started the server of this folder is another one and still runs. */
export function isOwned(home: string): boolean {
  const owner = readRecord(home)?.owner;
  return owner !== undefined && owner !== process.pid && isAlive(owner) && commandOf(owner).includes('node');
}

/** Refuses to start over a server whose owner still runs. */
export function assertNotOwned(name: string, home: string): void {
  if (!isOwned(home)) return;
  const owner = readRecord(home)?.owner ?? 0;
  throw new EmbeddedServerError(
    `${name} in ${home} belongs to process ${owner}, which still runs (${commandOf(owner)}). Stop that first.`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
