import { fork } from 'node:child_process';
import type { ChildMessage, TrainedModel, TrainingJob } from './child/job.ts';

/** A fault of the data or the model, as the training process words it: trying again would not help. */
export class TrainingRefused extends Error {
  override name = 'TrainingRefused';
}

/**
 * Threads of XGBoost that wait for each other sleep. By default they spin, and a tree has thousands of such waits: beside any other work
 * on the cores a training of 2 s took more than 30 s. Read by libgomp when it is loaded: OpenMP 5.2, OMP_WAIT_POLICY.
 */
const OMP_WAIT_POLICY = 'passive';

/** Nobody but the system sends it unasked. */
const KILLED = ' (when memory runs out the system kills: give it more, or train fewer trees or cuts)';

type Progress = Extract<ChildMessage, { type: 'progress' }>;

/** Trains in a process of its own, running `program`, which ends when the job or `signal` does. Throws TrainingRefused, or Error when the process died. */
export async function runChild(
  program: string,
  job: TrainingJob,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<TrainedModel> {
  const child = fork(program, {
    // The last is what endWithParent watches; nothing is ever written to it.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
    env: { OMP_WAIT_POLICY, ...process.env },
    signal,
    killSignal: 'SIGKILL',
  });
  let last = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    last = `${last}${chunk}`.slice(-2_000);
  });
  return new Promise<TrainedModel>((resolve, reject) => {
    let settled: ChildMessage | undefined;
    child.on('message', (message: ChildMessage) => {
      if (message.type === 'progress') onProgress(message);
      else settled = message;
    });
    child.on('error', reject);
    child.on('exit', (code, signalName) => {
      if (settled?.type === 'result') resolve(settled.result);
      else if (settled?.type === 'error') reject(new TrainingRefused(settled.message));
      else
        reject(
          new Error(
            `The training process ended with ${signalName ?? code} before it was done${signalName === 'SIGKILL' ? KILLED : ''}. ${last.trim().split('\n').at(-1) ?? ''}`.trim(),
          ),
        );
    });
    child.send(job);
  });
}
