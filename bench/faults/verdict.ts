import type { ProcessName } from '../harness/running-platform.ts';
import type { Answer } from './probe.ts';

export const FAULTS = ['kill -9', 'frozen 12 s', 'restart'] as const;
export type Fault = (typeof FAULTS)[number];

/**
 * What is wrong with an answer that came while `victim` was met by `fault`; null: nothing. Nobody may give a wrong or an unclear answer. The
 * victim itself may be away, and while it is frozen it cannot answer; a service refuses without a store that it needs, and keeps its port
 * open; predictions come from what was stored while Redis is away, or the service has just started. Pure.
 */
export function complaint(answer: Answer, victim: ProcessName, fault: Fault): string | null {
  const { probe, kind, text } = answer;
  const isVictim = probe.service === victim;
  const excused = {
    answered: true,
    degraded: isVictim || victim === 'redis',
    refused: isVictim || probe.needs.some((store) => store === victim),
    'no connection': isVictim,
    hung: isVictim && fault === 'frozen 12 s',
    wrong: false,
    unclear: false,
  }[kind];
  return excused ? null : `${victim}, ${fault}: ${probe.name} ${kind}: ${text}`;
}
