import { predictOneResponse } from '@churn/contracts';
import { createPool } from '@churn/platform';
import { CliError, EXIT } from '../../errors.ts';
import { follow } from '../../wait.ts';
import type { Step, Story } from '../story.ts';

const SERVING_MS = 60_000;

/** Asks for one of the customers at high risk, so that the line we print has worked once. */
export function predictOne(databaseUrl: () => string): Step {
  return {
    title: 'Ask for one prediction',
    async run(story) {
      const customer = await highestRisk(databaseUrl(), story);
      if (customer === null) return 'nobody is at high risk';
      const waiting = { limitMs: SERVING_MS, signal: story.signal };
      // The service takes up a promoted model within moments of its notification.
      const answer = await follow(
        'The first prediction',
        waiting,
        () => ask(story, customer),
        (value) => value !== null,
      );
      if (answer === null) throw new CliError('inference gave no prediction.', EXIT.failed);
      story.example = { customer, probability: answer.churn_probability };
      return `customer ${customer}: ${answer.churn_probability.toFixed(3)}, ${answer.churn_risk}, in ${answer.latency_ms.toFixed(1)} ms`;
    },
  };
}

async function ask({ client }: Story, customer: string) {
  const ready = await client.raw('inference', '/health/ready');
  ready.resume();
  if (ready.statusCode !== 200) return null;
  const call = { method: 'POST', body: { customer_id: customer } } as const;
  return client.call('inference', '/predict', predictOneResponse, call);
}

async function highestRisk(url: string, { ir, run }: Story): Promise<string | null> {
  const pool = createPool(url, { applicationName: 'churn-up', max: 1 });
  try {
    const { rows } = await pool.query<{ customer_id: string }>(
      `SELECT customer_id FROM churn_predictions
       WHERE project_id = $1 AND prediction_date = $2 AND churn_risk = 'high' AND eligible
       ORDER BY churn_probability DESC, customer_id LIMIT 1`,
      [ir.project, run?.prediction_date ?? null],
    );
    return rows[0]?.customer_id ?? null;
  } finally {
    await pool.end();
  }
}
