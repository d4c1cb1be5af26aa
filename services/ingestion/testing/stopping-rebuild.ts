import { loadIngestionConfig } from '../config.ts';
import { type Context, createContext } from '../context.ts';
import { materialize } from '../materialize/materialize.ts';

/** Where the rebuild stops: the store's method, and whether before or after it did its work. */
const POINTS: Record<string, { method: keyof Context['store']; after: boolean }> = {
  begun: { method: 'beginGeneration', after: true },
  'half written': { method: 'write', after: true },
  'before the switch': { method: 'switchGeneration', after: false },
  'after the switch': { method: 'switchGeneration', after: true },
  'before the sweep': { method: 'dropOtherGenerations', after: false },
};

/** A rebuild in a process of its own that says when it is at a point and goes no further until SIGUSR2. Arguments: point, project, clock (ms). */
const [, , name = '', project = '', nowMs] = process.argv;
const point = POINTS[name];
if (point === undefined) throw new Error(`no point "${name}"`);
const context = createContext(loadIngestionConfig(), { now: () => Number(nowMs) });

const stop = async () => {
  const going = Promise.withResolvers<void>();
  process.once('SIGUSR2', () => going.resolve());
  process.stdout.write(`at ${name}\n`);
  const awake = setInterval(() => {}, 1_000);
  await going.promise;
  clearInterval(awake);
};
const store = new Proxy(context.store, {
  get(target, method, receiver) {
    const real: unknown = Reflect.get(target, method, receiver);
    if (method !== point.method || typeof real !== 'function') return real;
    return async (...given: unknown[]) => {
      if (!point.after) await stop();
      const result: unknown = await Reflect.apply(real, target, given);
      if (point.after) await stop();
      return result;
    };
  },
});
await materialize({ ...context, store }, project).then(
  () => process.stdout.write('ended\n'),
  (error: Error) => process.stdout.write(`failed ${error.message}\n`),
);
await context.closer.close();
