import { predictManyResponse } from '@churn/contracts';
import type { Command } from 'commander';
import type { OpenSession } from '../command.ts';
import { CliError, EXIT } from '../errors.ts';
import { decimal, table } from '../format.ts';
import { customers } from './arguments.ts';

/** What inference takes in one call. */
const MOST = 100;

export function addPredict(program: Command, open: OpenSession): void {
  program
    .command('predict')
    .argument('<customer...>', `1 to ${MOST} customer ids`, customers)
    .description('Ask for the churn probability of customers')
    .addHelpText(
      'after',
      '\nExample:\n  $ churn predict 00042 00077\n\nExit code 66 when none of them is known.',
    )
    .action(async (ids: string[], _options, command: Command) => {
      if (ids.length > MOST)
        throw new CliError(
          `${ids.length} customers were given; expected 1 to ${MOST}. Ask for the others in further calls.`,
          EXIT.usage,
        );
      const { client, output } = open(command);
      const answer = await client.call('inference', '/predict', predictManyResponse, {
        method: 'POST',
        body: { customer_ids: ids },
      });
      output.result(answer, ({ predictions }) =>
        table(
          ['CUSTOMER', 'PROBABILITY', 'RISK', 'ELIGIBLE', 'MODEL', ''],
          predictions.map((p) => [
            p.customer_id,
            p.churn_risk === 'unknown' ? null : decimal(p.churn_probability),
            p.churn_risk,
            p.eligible ? 'yes' : 'no',
            p.model_version,
            p.degraded ? 'degraded' : '',
          ]),
        ),
      );
      if (answer.predictions.every((p) => p.churn_risk === 'unknown'))
        throw new CliError(
          ids.length === 1 ? `Customer ${ids[0]} is not known.` : 'None of these customers is known.',
          EXIT.notFound,
          [
            'A customer is known by its first event: churn import, or POST /events. Ids are compared as text: 7 is not 00007.',
          ],
        );
    });
}
