import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The process that listens on a TCP port: `process 123: node server.js`. Linux only, and only where we may look; else null. */
export function holderOf(port: number): string | null {
  try {
    const inodes = listeningInodes(port);
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (!holdsOne(pid, inodes)) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return `process ${pid}: ${command.length > 60 ? `...${command.slice(-60)}` : command}`;
    }
  } catch {
    // No /proc: the port alone has to do.
  }
  return null;
}

/** Lines of /proc/net/tcp: the local address (hex, with the port) is field 1, the state field 3 (0A = LISTEN), the inode field 9. */
function listeningInodes(port: number): Set<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const found = new Set<string>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(file, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(suffix) && fields[3] === '0A' && fields[9] !== undefined)
        found.add(`socket:[${fields[9]}]`);
    }
  }
  return found;
}

function holdsOne(pid: string, inodes: Set<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(linkOf(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
