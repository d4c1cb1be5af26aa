import { type Logger, subscribe } from '@churn/platform';

/** A notification may be lost with its connection; this often everything is read again all the same. */
const POLL_MS = 30_000;

/**
 * Calls `onChange` once connected, after each change of a model version, after each reconnection, and every 30 s. Calls do not overlap;
 * changes that come meanwhile lead to one more call. What it throws is logged.
 */
export function watchRegistry(
  url: string,
  log: Logger,
  onChange: () => Promise<void>,
): { close(): Promise<void> } {
  let running: Promise<void> | undefined;
  let again = false;
  const run = (): void => {
    if (running !== undefined) {
      again = true;
      return;
    }
    running = onChange()
      .catch((error) => void log.error('models could not be read', { error }))
      .finally(() => {
        running = undefined;
        if (again) {
          again = false;
          run();
        }
      });
  };
  const subscription = subscribe(url, ['churn_registry'], { onNotify: run, onConnect: run, log });
  const timer = setInterval(run, POLL_MS);
  return {
    async close() {
      clearInterval(timer);
      await subscription.close();
      again = false;
      await running;
    },
  };
}
