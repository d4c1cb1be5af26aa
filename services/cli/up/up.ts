import { howItEnded } from '@churn/embedded';
import { ConfigError } from '@churn/platform';
import { createClient } from '../client.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Output } from '../output.ts';
import { loadProject } from '../project-file.ts';
import { serviceUrls } from '../services.ts';
import type { KeepHooks } from './keep-running.ts';
import { logTail } from './log-tail.ts';
import { Platform } from './platform.ts';
import { assertPortsFree, servicePorts } from './ports.ts';
import { projectImports } from './project-imports.ts';
import { runTasks, type Task } from './run-steps.ts';
import { loadUpSettings } from './settings.ts';
import { abortOnSignals, Interrupted, interruptible } from './signals.ts';
import { type Claim, claimState, openState, type State } from './state.ts';
import { applyDefinitions } from './steps/apply-definitions.ts';
import { checkDrift } from './steps/check-drift.ts';
import { importEvents } from './steps/import-events.ts';
import { materializeFeatures } from './steps/materialize-features.ts';
import { predictOne } from './steps/predict-one.ts';
import { promoteModel } from './steps/promote-model.ts';
import { exportHighRisk, scoreCustomers } from './steps/score-customers.ts';
import { trainModel } from './steps/train-model.ts';
import type { Story } from './story.ts';
import { summary, type Timing } from './summary.ts';

export interface UpOptions {
  once: boolean;
  state?: string;
  output: Output;
}

/** How long a service that is being restarted is waited for. */
const PATIENCE_MS = 15_000;
/** How long the services of a killed `churn up` may take to end: their own bound, and a little. */
const LEFTOVER_MS = 12_000;

/**
 * Starts the whole platform for one project, brings it to a scored state, then serves until it is told to end (or, with `once`, ends).
 * Whatever happens, everything that it started is stopped before it returns. Throws CliError and ConfigError.
 */
export async function up(projectDir: string, options: UpOptions): Promise<void> {
  const abort = new AbortController();
  const release = abortOnSignals(abort);
  let platform: Platform | undefined;
  let claim: Claim | undefined;
  let serving = false;
  try {
    const urls = serviceUrls(loadUpSettings());
    const ports = servicePorts(urls);
    const { dir, ir, files: declared } = await loadProject(projectDir);
    const files = projectImports(dir, ir, declared);
    const state = openState(options.state);
    claim = claimState(state);
    await assertPortsFree(ports, {
      waitMs: claim.afterCrash ? LEFTOVER_MS : 0,
      signal: abort.signal,
    });
    const begun = new Platform({ state, project: ir.project, ports, hooks: hooks(abort, state) });
    platform = begun;
    const client = createClient({
      urls,
      project: ir.project,
      signal: abort.signal,
      patienceMs: PATIENCE_MS,
      remedy: (service) => `${state.logPath(service)} says why.`,
    });
    const story = newStory({ client, ir, files, signal: abort.signal });
    const how = { quiet: options.output.json, signal: abort.signal };
    const timings = await interruptible(abort.signal, runTasks(tasks(begun, story), how));
    if (options.once) await begun.stop();
    show(story, timings, options);
    if (options.once) return;
    serving = true;
    if (!options.output.json) process.stdout.write('\nServing. Ctrl-C stops everything.\n');
    await interruptible(abort.signal, new Promise<never>(() => {}));
  } catch (error) {
    const reason: unknown = abort.signal.aborted ? abort.signal.reason : error;
    if (!(serving && reason instanceof Interrupted)) throw explained(reason);
  } finally {
    await platform?.stop();
    claim?.release();
    release();
  }
}

type Given = Pick<Story, 'client' | 'ir' | 'files' | 'signal'>;

function newStory(given: Given): Story {
  return {
    ...given,
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
    scoreCustomers(() => platform.crmUrl()),
    exportHighRisk(() => platform.crmUrl()),
    checkDrift,
    predictOne(() => platform.databaseUrl()),
  ];
  return [
    { title: 'Start PostgreSQL and Redis', run: () => platform.startServers() },
    { title: 'Migrate the database', run: () => platform.migrate() },
    { title: 'Start the services', run: (report) => platform.startServices(report, story.signal) },
    ...steps.map((step): Task => ({ title: step.title, run: (report) => step.run(story, report) })),
  ];
}

function hooks(abort: AbortController, state: State): KeepHooks {
  return {
    onRestart(name, code, delayMs) {
      process.stderr.write(`churn up: ${name} ${howItEnded(code)}; starting it again in ${delayMs} ms\n`);
    },
    onGiveUp(name, code) {
      const said = logTail(state.logPath(name));
      abort.abort(new CliError(`${name} ${howItEnded(code)} and is given up.`, EXIT.failed, said));
    },
  };
}

function show(story: Story, timings: Timing[], { output, once }: UpOptions): void {
  const { imports, model, run, drift, example } = story;
  output.result(
    { imports, model, run, drift, example, timings },
    () => `\n${summary(story, timings, { stopped: once })}`,
  );
}

/** What ended us, as something that is shown without a stack. */
function explained(reason: unknown): Error {
  if (reason instanceof CliError || reason instanceof ConfigError) return reason;
  if (reason instanceof Interrupted)
    return new CliError(
      `${reason.message} came before everything was up; start again to go on.`,
      EXIT.interrupted,
    );
  const text = reason instanceof Error ? reason.message : String(reason);
  const [first = '', ...details] = text.split('\n');
  return new CliError(first, EXIT.failed, details);
}
