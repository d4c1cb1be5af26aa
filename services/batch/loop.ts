import type { Logger } from '@churn/platform';

export interface Loop {
  /** Asks for a turn now; remembered when one is under way. */
  wake(): void;
  /** Takes no more turns and waits for the one under way. */
  close(): Promise<void>;
}

/**
 * Repeats `turn` as long as it says that there is more, else waits for `wake` or `everyMs`. A turn that throws is logged and tried again
 * after `everyMs`.
 */
export function startLoop(options: {
  name: string;
  turn: () => Promise<{ more: boolean }>;
  everyMs: number;
  log: Logger;
}): Loop {
  let closed = false;
  let woken = false;
  let rouse = () => {};
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, options.everyMs);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async () => {
    while (!closed) {
      woken = false;
      const { more } = await options.turn().catch((error: unknown) => {
        options.log.error(`${options.name} turn failed`, {
          error: error instanceof Error ? error.message : String(error),
        });
        return { more: false };
      });
      if (!more && !woken && !closed) await pause();
    }
  };
  const running = run();
  return {
    wake() {
      woken = true;
      rouse();
    },
    async close() {
      closed = true;
      rouse();
      await running;
    },
  };
}
