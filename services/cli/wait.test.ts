import { expect, test } from '@jest/globals';
import { CliError, EXIT } from './errors.ts';
import { follow } from './wait.ts';

const away = new CliError('training is not reachable. Start the platform (npm start).', EXIT.unavailable);
/** Gives one of these at each question; an error is thrown. */
const asking = (answers: (number | CliError)[]) => {
  const left = [...answers];
  return async () => {
    const next = left.shift();
    if (next === undefined) throw new Error('asked too often');
    if (next instanceof CliError) throw next;
    return next;
  };
};

test('a service that is away for a moment while it is asked is asked again', async () => {
  const ask = asking([1, away, away, 2, away, 3]);
  expect(await follow('The run', { limitMs: 60_000 }, ask, (value) => value === 3)).toBe(3);
});

test('one that stays away ends the wait with what goes on', async () => {
  const waiting = { limitMs: 60_000, awayMs: -1 };
  await expect(follow('The run', waiting, asking([away]), () => true)).rejects.toMatchObject({
    message: away.message,
    exitCode: EXIT.unavailable,
    details: ['The run was under way and goes on where it can; look before you ask for it again.'],
  });
});

test('another refusal ends the wait at once', async () => {
  const gone = new CliError('There is no run 7.', EXIT.notFound);
  await expect(follow('The run', { limitMs: 60_000 }, asking([gone]), () => true)).rejects.toBe(gone);
});
