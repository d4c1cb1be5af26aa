import { expect, test } from '@jest/globals';
import type { ProcessName, ServiceName, Store } from '../harness/running-platform.ts';
import type { Answer, Probe } from './probe.ts';
import { complaint, FAULTS, type Fault } from './verdict.ts';

const KINDS = ['answered', 'degraded', 'refused', 'no connection', 'hung', 'wrong', 'unclear'] as const;

function answerOf(kind: Answer['kind'], service: ServiceName, needs: readonly Store[]): Answer {
  const probe: Probe = {
    name: 'GET /',
    service,
    needs,
    status: 200,
    request: () => ({ url: '' }),
    check: () => 'answered',
  };
  return { probe, kind, tookMs: 1, askedMs: 0, text: 'what was said' };
}

/** The kinds of answers of a service that are excused under a fault. */
const excused = (service: ServiceName, needs: Store[], victim: ProcessName, fault: Fault) =>
  KINDS.filter((kind) => complaint(answerOf(kind, service, needs), victim, fault) === null);

test.each(FAULTS)('%s: what is not the victim and needs no store that is, answers', (fault) => {
  expect(excused('batch', ['postgres'], 'control', fault)).toEqual(['answered']);
});

test.each(FAULTS)('%s: without a store that it needs a service refuses, but keeps its port open', (fault) => {
  expect(excused('batch', ['postgres'], 'postgres', fault)).toEqual(['answered', 'refused']);
  expect(excused('inference', [], 'postgres', fault)).toEqual(['answered']);
  expect(excused('inference', [], 'redis', fault)).toEqual(['answered', 'degraded']);
});

test('the victim itself may be away, but only a frozen one may hang; nobody may be wrong or unclear', () => {
  const away = ['answered', 'degraded', 'refused', 'no connection'];
  expect(excused('batch', ['postgres'], 'batch', 'kill -9')).toEqual(away);
  expect(excused('batch', ['postgres'], 'batch', 'restart')).toEqual(away);
  expect(excused('batch', ['postgres'], 'batch', 'frozen 12 s')).toEqual([...away, 'hung']);
});

test('a complaint names the victim, the fault, the question and what was said', () => {
  expect(complaint(answerOf('wrong', 'batch', []), 'redis', 'kill -9')).toBe(
    'redis, kill -9: GET / wrong: what was said',
  );
});
