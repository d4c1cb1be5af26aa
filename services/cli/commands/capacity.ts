import type { Command } from 'commander';
import { type Demand, describeNeeds, planCapacity } from '../capacity/plan.ts';
import type { OpenSession } from '../command.ts';
import { argument } from './arguments.ts';

export function addCapacity(program: Command, open: OpenSession): void {
  program
    .command('capacity')
    .description('What the platform needs for so many customers, and how that follows from what was measured')
    .requiredOption(
      '--customers <n>',
      'customers with online features and a prediction each night',
      argument.positive,
    )
    .option('--requests-per-second <n>', 'POST /predict at the busiest', argument.positive, 100)
    .option('--events-per-second <n>', 'events at the busiest', argument.positive, 100)
    .option('--events-per-customer-year <n>', 'events of one customer in a year', argument.positive, 50)
    .option('--night-hours <n>', 'what the nightly batch may take', argument.positive, 4)
    .option('--keep-days <n>', 'nights whose predictions are kept', argument.positive, 30)
    .addHelpText(
      'after',
      '\nExamples:\n  $ churn capacity --customers 5000000\n  $ churn capacity --customers 100000000 --requests-per-second 5000 --events-per-second 20000\n\nThe figures are those of bench/results.md, measured on two cores; docs/capacity.md says where each part is given up for several.',
    )
    .action((demand: Demand, command: Command) => {
      const { output } = open(command);
      output.result({ demand: known(demand), needs: planCapacity(demand) }, ({ needs }) =>
        describeNeeds(needs),
      );
    });
}

/** Without what the command line gives every command. */
function known(demand: Demand): Demand {
  const { customers, requestsPerSecond, eventsPerSecond, eventsPerCustomerYear, nightHours, keepDays } =
    demand;
  return { customers, requestsPerSecond, eventsPerSecond, eventsPerCustomerYear, nightHours, keepDays };
}
