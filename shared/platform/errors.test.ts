import { problem } from '@churn/contracts';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import * as errors from './errors.ts';

test('each kind of refusal has its status and its title', () => {
  const { BadRequest, Unauthenticated, Forbidden, NotFound, MethodNotAllowed, Conflict } = errors;
  const { PayloadTooLarge, UnsupportedMediaType, InvalidInput, TooManyRequests, Unavailable } = errors;
  const kinds = [BadRequest, Unauthenticated, Forbidden, NotFound, MethodNotAllowed, Conflict];
  const more = [PayloadTooLarge, UnsupportedMediaType, InvalidInput, TooManyRequests, Unavailable];
  const problems = [...kinds, ...more].map((Kind) => errors.toProblem(new Kind('code', 'What to do.')));
  expect(problems.map(({ status, title }) => `${status} ${title}`)).toEqual([
    '400 Bad Request',
    '401 Unauthorized',
    '403 Forbidden',
    '404 Not Found',
    '405 Method Not Allowed',
    '409 Conflict',
    '413 Payload Too Large',
    '415 Unsupported Media Type',
    '422 Unprocessable Entity',
    '429 Too Many Requests',
    '503 Service Unavailable',
  ]);
  for (const one of problems) expect(problem.safeParse(one).success).toBe(true);
});

test('what a refusal carries cannot change what it is', () => {
  const carried = { status: 200, type: 'other', detail: 'fine', errors: [{ reason: 'x' }] };
  expect(errors.toProblem(new errors.Conflict('taken', 'Taken.', carried))).toEqual({
    type: 'urn:churn:problem:taken',
    title: 'Conflict',
    status: 409,
    detail: 'Taken.',
    errors: [{ reason: 'x' }],
  });
});

describe('the faults of a value', () => {
  const order = z.strictObject({ items: z.array(z.object({ count: z.int() })), note: z.string().optional() });
  const shape = z.union([z.strictObject({ id: z.string() }), z.strictObject({ ids: z.array(z.string()) })]);
  const faults = (schema: z.ZodType, value: unknown) => {
    const { error } = schema.safeParse(value);
    return error === undefined ? [] : errors.faultsOf(error).map(({ path, reason }) => `${path}: ${reason}`);
  };

  test('are named by where they are', () => {
    expect(faults(order, { items: [{ count: 1 }, { count: 'two' }], note: 5 })).toEqual([
      'items.1.count: Invalid input: expected number, received string',
      'note: Invalid input: expected string, received number',
    ]);
  });

  test('in a choice are those of the branch that was meant', () => {
    expect(faults(shape, { ids: ['a', 5] })).toEqual([
      'ids.1: Invalid input: expected string, received number',
    ]);
    expect(faults(z.object({ of: shape }), { of: { id: 5 } })).toEqual([
      'of.id: Invalid input: expected string, received number',
    ]);
  });

  test('in a choice do not depend on how a key too many is worded', () => {
    const worded = z.union([
      z.strictObject({ id: z.string() }, 'has a key too many'),
      z.strictObject({ ids: z.array(z.string()).min(2), more: z.string() }, 'has a key too many'),
    ]);
    expect(faults(worded, { id: 'a', ids: [] })).toEqual([': has a key too many']);
    expect(faults(worded, { ids: ['a'] })).toHaveLength(2);
    expect(faults(worded, { ids: ['a'] }).at(0)).toMatch(/^ids: /);
  });

  test('as one refusal begin with the first and say how many there are', () => {
    const { error } = order.safeParse({ items: 1, note: 5 });
    if (error === undefined) throw new Error('accepted');
    const refusal = errors.invalid('body', error);
    expect(refusal.message).toBe(
      'body.items: Invalid input: expected array, received number (and 1 more, see errors).',
    );
    expect(errors.toProblem(error)).toMatchObject({ status: 422, type: 'urn:churn:problem:invalid-request' });
  });
});
