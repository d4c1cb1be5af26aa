import { isDeepStrictEqual } from 'node:util';
import { batchRunList, driftRunList, featuresStatus, modelList, trainingRun } from '@churn/contracts';
import { z } from 'zod';
import type { ServiceName } from '../harness/running-platform.ts';
import type { Probe, Worth } from './probe.ts';

export interface List {
  service: ServiceName;
  path: string;
  /** What an answer lists, newest first; throws when it is not what the contract says. */
  items(body: unknown): readonly object[];
}

export const LISTS: readonly List[] = [
  { service: 'batch', path: '/batch-runs', items: (body) => batchRunList.parse(body).runs },
  { service: 'control', path: '/models', items: (body) => modelList.parse(body).versions },
  {
    service: 'training',
    path: '/training-runs',
    items: (body) => z.strictObject({ runs: z.array(trainingRun) }).parse(body).runs,
  },
  { service: 'monitoring', path: '/drift-runs', items: (body) => driftRunList.parse(body).runs },
];

/** GET of a list: what it listed at first, all of it ended, is there to the last field. There may be newer ones: a night may begin. */
export function listProbe(url: string, { service, path, items }: List, known: readonly object[]): Probe {
  return {
    name: `GET ${path}`,
    service,
    needs: ['postgres'],
    status: 200,
    request: () => ({ url: `${url}${path}` }),
    check: (body) =>
      parsed(() => {
        const listed = items(body).slice(-known.length);
        return isDeepStrictEqual(listed, known)
          ? 'answered'
          : { wrong: `it listed ${JSON.stringify(known).slice(0, 200)}` };
      }),
  };
}

/** GET /features/status: the generation is complete, and what was taken in once stays so. */
export function statusProbe(url: string): Probe {
  let before = { position: 0, compactor_position: 0, events: 0 };
  return {
    name: 'GET /features/status',
    service: 'ingestion',
    needs: ['postgres', 'redis'],
    status: 200,
    request: () => ({ url: `${url}/features/status` }),
    check: (body) =>
      parsed(() => {
        const now = featuresStatus.parse(body);
        if (!now.complete) return { wrong: 'the online features are complete' };
        for (const field of ['position', 'compactor_position', 'events'] as const)
          if (now[field] < before[field]) return { wrong: `${field} was ${before[field]} already` };
        for (const reader of ['projector_position', 'compactor_position'] as const)
          if (now[reader] > now.position) return { wrong: `${reader} is ahead of the position` };
        before = now;
        return 'answered';
      }),
  };
}

function parsed(check: () => Worth): Worth {
  try {
    return check();
  } catch (error) {
    if (error instanceof z.ZodError) return { wrong: z.prettifyError(error) };
    throw error;
  }
}
