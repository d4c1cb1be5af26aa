import { predictOneResponse } from '@churn/contracts';
import { createPool } from '@churn/platform';
import { follow, type Step, type Story } from '../story.ts';
import { UpError } from '../up-error.ts';

const SERVING_MS = 60_000;

/** Asks for one of the exported customers, so that the line we print has worked once. */
export function predictOne(crmUrl: () => string): Step {
  return {
    title: 'Ask for one prediction',
    async run(story) {
      const customer = await highestRisk(crmUrl(), story.ir.project);
      if (customer === null) return 'nobody is at high risk';
      // The service takes up a promoted model within moments of its notification.
      const answer = await follow(
        story,
        SERVING_MS,
        () => ask(story, customer),
        (value) => value !== null,
      );
      if (answer === null) throw new UpError('inference gave no prediction');
      story.example = { customer, probability: answer.churn_probability };
      return `customer ${customer}: ${answer.churn_probability.toFixed(3)}, ${answer.churn_risk}, in ${answer.latency_ms.toFixed(1)} ms`;
    },
  };
}

async function ask({ api }: Story, customer: string) {
  const body = { customer_id: customer };
  const ready = await fetch('http://127.0.0.1:8000/health/ready', {
    signal: AbortSignal.timeout(5_000),
  }).then(
    ({ ok }) => ok,
    () => false,
  );
  return ready
    ? api.call({ service: 'inference', method: 'POST', path: '/predict', body, answer: predictOneResponse })
    : null;
}

async function highestRisk(url: string, project: string): Promise<string | null> {
  const pool = createPool(url, { applicationName: 'churn-up', max: 1 });
  try {
    const { rows } = await pool.query<{ customer_id: string }>(
      'SELECT customer_id FROM high_churn_risk_customers WHERE project_id = $1 ORDER BY churn_probability DESC, customer_id LIMIT 1',
      [project],
    );
    return rows[0]?.customer_id ?? null;
  } finally {
    await pool.end();
  }
}
