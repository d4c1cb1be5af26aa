import { resolve } from 'node:path';
import type { ProjectIr } from '@churn/features';
import { Api } from './api.ts';
import type { KeepHooks } from './keep-running.ts';
import { loadProject } from './load-project.ts';
import { Platform } from './platform.ts';
import { assertPortsFree } from './port-holder.ts';
import { runTasks, type Task } from './run-steps.ts';
import { claimState, openState } from './state.ts';
import { applyDefinitions } from './steps/apply-definitions.ts';
import { checkDrift } from './steps/check-drift.ts';
import { importEvents } from './steps/import-events.ts';
import { materializeFeatures } from './steps/materialize-features.ts';
import { predictOne } from './steps/predict-one.ts';
import { promoteModel } from './steps/promote-model.ts';
import { exportHighRisk, scoreCustomers } from './steps/score-customers.ts';
import { trainModel } from './steps/train-model.ts';
import type { Story } from './story.ts';
import { summary } from './summary.ts';
import { UpError } from './up-error.ts';

export interface UpOptions {
  once: boolean;
  json: boolean;
}

/** Raised into whatever runs when a person asks us to stop. */
class Interrupted extends Error {}

/**
 * Starts the whole platform for one project, brings it to a scored state, then serves until it is told to end (or, with `once`, ends).
 * Returns the exit code: 0, 1 after a failure, 130 when it was interrupted before it served.
 */
export async function up(projectDir: string, options: UpOptions): Promise<number> {
  const abort = new AbortController();
  const release = onSignals(abort);
  let platform: Platform | undefined;
  let letGo = () => {};
  let serving = false;
  try {
    const ir = await loadProject(projectDir);
    const state = openState();
    letGo = claimState(state);
    await assertPortsFree();
    platform = new Platform(
      state,
      ir.project,
      hooks(abort, () => platform),
    );
    const story = newStory(ir, projectDir, abort.signal);
    const timings = await interruptible(
      abort.signal,
      runTasks(tasks(platform, story), { quiet: options.json, signal: abort.signal }),
    );
    show(story, timings, options);
    if (!options.once) {
      serving = true;
      await untilAborted(abort.signal, options);
    }
    return 0;
  } catch (error) {
    return ended(error, abort.signal, serving);
  } finally {
    await platform?.stop();
    letGo();
    release();
  }
}

function newStory(ir: ProjectIr, projectDir: string, signal: AbortSignal): Story {
  return {
    api: new Api(ir.project, signal),
    ir,
    projectDir: resolve(projectDir),
    signal,
    imports: [],
    model: null,
    run: null,
    drift: null,
    example: null,
  };
}

function tasks(platform: Platform, story: Story): Task[] {
  const steps = [
    applyDefinitions,
    importEvents,
    materializeFeatures,
    trainModel,
    promoteModel,
    scoreCustomers,
    exportHighRisk,
    checkDrift,
    predictOne(() => platform.crmUrl()),
  ];
  return [
    { title: 'Start PostgreSQL and Redis', run: () => platform.startServers() },
    { title: 'Migrate the database', run: () => platform.migrate() },
    { title: 'Start the services', run: (report) => platform.startServices(report, story.signal) },
    ...steps.map((step): Task => ({ title: step.title, run: (report) => step.run(story, report) })),
  ];
}

function hooks(abort: AbortController, platform: () => Platform | undefined): KeepHooks {
  return {
    onRestart(name, code, delayMs) {
      process.stderr.write(`churn up: ${name} ended (code ${code}); starting it again in ${delayMs} ms\n`);
    },
    onGiveUp(name, code) {
      abort.abort(
        new UpError(
          `${name} keeps ending (code ${code}) and is given up. ${platform()?.lastLog(name) ?? ''}`,
        ),
      );
    },
  };
}

/** SIGHUP too: a closed terminal is a request to end. A second Ctrl-C changes nothing, since ending is bounded. */
function onSignals(abort: AbortController): () => void {
  const stop = (signal: NodeJS.Signals) => {
    if (!abort.signal.aborted) process.stderr.write(`\nchurn up: ${signal}, stopping everything\n`);
    abort.abort(new Interrupted(signal));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}

/** A step that does not look at the signal must not keep us: what it waits for is about to be stopped. */
function interruptible<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    ),
  ]);
}

function untilAborted(signal: AbortSignal, { json }: UpOptions): Promise<never> {
  if (!json) process.stdout.write('\nServing. Ctrl-C stops everything.\n');
  return interruptible(signal, new Promise<never>(() => {}));
}

function show(story: Story, timings: { title: string; ms: number }[], { json }: UpOptions): void {
  if (!json) {
    process.stdout.write(`\n${summary(story, timings)}\n`);
    return;
  }
  const { imports, model, run, drift, example } = story;
  process.stdout.write(`${JSON.stringify({ imports, model, run, drift, example, timings })}\n`);
}

function ended(error: unknown, signal: AbortSignal, serving: boolean): number {
  const reason = signal.aborted ? signal.reason : error;
  if (reason instanceof Interrupted) return serving ? 0 : 130;
  process.stderr.write(`churn up: ${reason instanceof Error ? reason.message : String(reason)}\n`);
  return 1;
}
