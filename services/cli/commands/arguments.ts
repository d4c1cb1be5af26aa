import {
  apiKeyRequest,
  batchRequest,
  customerId,
  projectId,
  promoteRequest,
  runId,
  trainRequest,
} from '@churn/contracts';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';

/** A parser of one argument by the contract: what is wrong is said here, in words of the command line, instead of in a service's. */
function parsedBy<T extends z.ZodType>(schema: T, expected: string): (text: string) => z.output<T> {
  return (text) => {
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`Expected ${expected}.`);
  };
}

const digits = z.string().regex(/^\d+$/).transform(Number);

/** A whole number within the bounds of its schema. */
function wholeNumber(schema: z.ZodNumber): (text: string) => number {
  return parsedBy(digits.pipe(schema), `a whole number from ${schema.minValue} to ${schema.maxValue}`);
}

const { trees, depth, seed, learning_rate: learningRate } = trainRequest.shape;

export const argument = {
  project: parsedBy(
    projectId,
    'the id of a project: lower case letters, digits and -, starting with a letter, at most 63',
  ),
  batchRun: parsedBy(runId, 'the id of a batch run, as `churn batch list` shows it'),
  trainingRun: parsedBy(runId, 'the id of a training run, as `churn train status` shows it'),
  driftRun: parsedBy(z.uuid(), 'the id of a drift check, as `churn drift --json` shows it'),
  key: parsedBy(z.uuid(), 'the id of a key, as `churn keys list` shows it'),
  keyName: parsedBy(apiKeyRequest.shape.name, 'a name of 1 to 100 characters'),
  date: parsedBy(batchRequest.shape.prediction_date, 'a day of the calendar as YYYY-MM-DD'),
  model: parsedBy(
    z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
    'the name of a model, as `churn models list` shows it',
  ),
  version: parsedBy(
    digits.pipe(
      z
        .int()
        .min(1)
        .max(2 ** 31 - 1),
    ),
    'the number of a version, as `churn models list` shows it',
  ),
  reason: parsedBy(promoteRequest.shape.reason, 'a reason of 1 to 2000 characters'),
  source: parsedBy(z.string().min(1).max(63), 'the name of a source of the definitions'),
  trees: wholeNumber(trees.unwrap()),
  depth: wholeNumber(depth.unwrap()),
  seed: wholeNumber(seed.unwrap()),
  learningRate: parsedBy(
    z.string().trim().min(1).transform(Number).pipe(learningRate.unwrap()),
    'a number above 0 and at most 1',
  ),
};

const customer = parsedBy(customerId, 'a customer id: 1 to 256 characters, none of them a control character');

/** One more of the customers of a command. */
export function customers(text: string, before: readonly string[] = []): string[] {
  return [...before, customer(text)];
}
