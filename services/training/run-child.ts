import { fork } from 'node:child_process';
import type { ChildMessage, TrainedModel, TrainingJob } from './child/job.ts';

/** A fault of the data or the model, as the training process words it: trying again would not help. */
export class TrainingRefused extends Error {
  override name = 'TrainingRefused';
}

type Progress = Extract<ChildMessage, { type: 'progress' }>;

/** Trains in a process of its own, running `program`, which ends when the job or `signal` does. Throws TrainingRefused, or Error when the process died. */
export async function runChild(
  program: string,
  job: TrainingJob,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<TrainedModel> {
  const child = fork(program, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
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
            `The training process ended with ${signalName ?? code} before it was done. ${last.trim().split('\n').at(-1) ?? ''}`.trim(),
          ),
        );
    });
    child.send(job);
  });
}
