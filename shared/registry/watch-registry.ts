import { type Logger, subscribe } from '@churn/platform';
import { z } from 'zod';

/** What changed: the projects whose models did; null when anything may have (after a reconnection, or on the slow poll). */
type RegistryChange = { projects: ReadonlySet<string> | null };

export interface RegistryWatch {
  /** Re-reads what the watcher holds. Never runs twice at once; changes meanwhile lead to one more call. A throw is logged; the poll repeats it. */
  onChange(change: RegistryChange): Promise<void>;
  log: Logger;
  /** Notifications can be lost; default 30 s. */
  pollMs?: number;
}

const payload = z.looseObject({ project_id: z.string() });

/** Tells of versions registered and stages changed, by LISTEN on `url` and a slow poll. The first call comes with the first connection. */
export function watchRegistry(url: string, watch: RegistryWatch): { close(): Promise<void> } {
  const pending = { everything: false, projects: new Set<string>() };
  let running: Promise<void> | undefined;
  let closed = false;
  const drain = async () => {
    while (!closed && (pending.everything || pending.projects.size > 0)) {
      const projects = pending.everything ? null : new Set(pending.projects);
      pending.everything = false;
      pending.projects.clear();
      try {
        await watch.onChange({ projects });
      } catch (error) {
        watch.log.warn('registry change not taken up', { error });
      }
    }
    running = undefined;
  };
  const wake = () => {
    running ??= drain();
    return running;
  };
  const everything = () => {
    pending.everything = true;
    return wake();
  };
  const subscription = subscribe(url, ['churn_registry'], {
    onNotify(_channel, text) {
      const project = projectOf(text);
      if (project === undefined) pending.everything = true;
      else pending.projects.add(project);
      void wake();
    },
    onConnect: everything,
    log: watch.log,
  });
  const poll = setInterval(() => void everything(), watch.pollMs ?? 30_000);
  return {
    async close() {
      closed = true;
      clearInterval(poll);
      await subscription.close();
      await running;
    },
  };
}

function projectOf(text: string): string | undefined {
  try {
    return payload.parse(JSON.parse(text)).project_id;
  } catch {
    return undefined;
  }
}
