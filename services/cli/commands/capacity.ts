import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Demand, EVENT_IDS } from '../capacity/need.ts';
import { describeNeeds, planCapacity } from '../capacity/plan.ts';
import type { OpenSession } from '../command.ts';
import { amountArgument, countArgument } from './quantities.ts';

const MOST_CUSTOMERS = 100_000_000_000;
const MOST_NIGHTS = 36_500;
/** Bounds of CHURN_EVENT_HORIZON_DAYS. */
const HORIZON: [number, number] = [30, 3_650];

export function addCapacity(program: Command, open: OpenSession): void {
  program
    .command('capacity')
    .description('What the platform needs for so many customers, and how that follows from what was measured')
    .requiredOption(
      '--customers <n>',
      'customers with online features and a prediction each night, as 5000000, 5_000_000, 5,000,000 or 5M',
      countArgument(1, MOST_CUSTOMERS),
    )
    .option('--requests-per-second <n>', 'POST /predict at the busiest', amountArgument, 100)
    .option(
      '--events-per-second <n>',
      'events at the busiest; never fewer than the average of a year',
      amountArgument,
      100,
    )
    .option(
      '--events-per-customer-year <n>',
      'events of one customer in a year, on different days',
      amountArgument,
      50,
    )
    .addOption(
      new Option(
        '--event-ids <kind>',
        'none: rows of files without a key; ordered: as order-4711; random: as UUIDs',
      )
        .choices(EVENT_IDS)
        .default('random'),
    )
    .option('--horizon-days <n>', 'CHURN_EVENT_HORIZON_DAYS', countArgument(...HORIZON), 400)
    .option('--night-hours <n>', 'what the nightly batch may take, snapshot included', nightArgument, 4)
    .option(
      '--keep-days <n>',
      'nights of predictions kept (CHURN_PREDICTION_DAYS)',
      countArgument(1, MOST_NIGHTS),
      30,
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ churn capacity --customers 5M\n  $ churn capacity --customers 100M --requests-per-second 5000 --events-per-second 20K --event-ids ordered\n\nWith --json each need has its quantities, with a value and a unit. The figures are those of bench/results.md, measured on two cores;\ndocs/capacity.md says where each part is given up for several.',
    )
    .action((options: Demand, command: Command) => {
      const { output } = open(command);
      const demand = known(options);
      output.result({ demand, needs: planCapacity(demand) }, ({ needs }) => describeNeeds(needs));
    });
}

function nightArgument(text: string): number {
  const hours = amountArgument(text);
  if (hours <= 24) return hours;
  throw new InvalidArgumentError(
    'Expected hours above 0 and up to 24, such as 0.5 or 4: a run comes each night.',
  );
}

/** Without what the command line gives every command. */
function known(options: Demand): Demand {
  const { customers, requestsPerSecond, eventsPerSecond, eventsPerCustomerYear } = options;
  const { eventIds, horizonDays, nightHours, keepDays } = options;
  return {
    customers,
    requestsPerSecond,
    eventsPerSecond,
    eventsPerCustomerYear,
    eventIds,
    horizonDays,
    nightHours,
    keepDays,
  };
}
