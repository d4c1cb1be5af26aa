import { expect, test } from '@jest/globals';
import { churnHere } from './testing/run-here.ts';

test.each([
  [
    ['models', 'list', '--project', 'BAD NAME'],
    "'BAD NAME'",
    /--project.*id of a project: lower case letters/,
  ],
  [
    ['batch', 'status', 'xyz'],
    "'xyz'",
    /argument 'run'\. Expected the id of a batch run, as `churn batch list`/,
  ],
  [['batch', 'resume', 'xyz'], "'xyz'", /argument 'run'\. Expected the id of a batch run/],
  [['batch', 'run', '--date', '2026-02-30'], "'2026-02-30'", /--date.*day of the calendar as YYYY-MM-DD/],
  [['drift', 'chekc'], "'chekc'", /argument 'run'\. Expected the id of a drift check/],
  [['drift', 'check', '1'], "'1'", /argument 'batch-run'\. Expected the id of a batch run/],
  [['keys', 'revoke', 'shop'], "'shop'", /argument 'key'\. Expected the id of a key, as `churn keys list`/],
  [
    ['keys', 'create', '', '--role', 'viewer'],
    "''",
    /argument 'name'\. Expected a name of 1 to 100 characters/,
  ],
  [['models', 'show', '..', '1'], "'..'", /argument 'model'\. Expected the name of a model/],
  [['models', 'show', 'm', '0'], "'0'", /argument 'version'\. Expected the number of a version/],
  [['models', 'promote', 'm', '1', '-r', ''], "''", /--reason.*Expected a reason of 1 to 2000 characters/],
  [['import', 'x.csv', '-s', ''], "''", /--source.*Expected the name of a source/],
  [['train', '--trees', '99999'], "'99999'", /--trees.*Expected a whole number from 1 to 2000/],
  [['train', '--depth', '13'], "'13'", /--depth.*Expected a whole number from 1 to 12/],
  [['train', '--learning-rate', '0'], "'0'", /--learning-rate.*Expected a number above 0 and at most 1/],
  [['train', '--seed', '-1'], "'-1'", /--seed.*Expected a whole number from 0 to /],
  [['predict', '00001', 'a\nb'], "'a\nb'", /argument 'customer'\. Expected a customer id: 1 to 256/],
])(
  '%j is refused before any service is asked: which argument, and what is expected',
  async (args, value, says) => {
    const { code, stdout, stderr } = await churnHere(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(value);
    expect(stderr.replaceAll('\n', ' ')).toMatch(says);
  },
);

test('predict counts the customers that are too many', async () => {
  const ids = Array.from({ length: 101 }, (_, at) => String(at));
  const { code, stderr } = await churnHere(['predict', ...ids]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'churn: 101 customers were given; expected 1 to 100. Ask for the others in further calls.\n',
  });
});
