import type { Command } from 'commander';
import type { OpenSession } from '../command.ts';
import { count, duration, table } from '../format.ts';
import { materialize, readFeatures } from '../operations.ts';

export function addFeatures(program: Command, open: OpenSession): void {
  const features = program
    .command('features')
    .description('Online features: rebuild them, or see how far they are')
    .addHelpText('after', '\nExample:\n  $ churn features status');
  features
    .command('materialize')
    .description('Rebuild the online state of every customer from the lake, aside, and switch to it')
    .addHelpText(
      'after',
      '\nExample:\n  $ churn features materialize\n\nIngestion does this by itself when Redis was emptied; the command is for when you would rather not wait.',
    )
    .action(async (_options, command: Command) => {
      const { client, output } = open(command);
      output.progress({ label: 'rebuilding online features' });
      const made = await materialize(client).finally(() => output.settle());
      output.result(
        made,
        ({ customers, generation, duration_ms }) =>
          `${count(customers)} customers in ${duration(duration_ms)}; generation ${generation} serves.`,
      );
    });
  features
    .command('status')
    .description('Where the inbox, its readers and the online generation stand')
    .addHelpText(
      'after',
      '\nExample:\n  $ churn features status\n\nOnline features include every event once the projector is at the position.',
    )
    .action(async (_options, command: Command) => {
      const { client, output } = open(command);
      output.result(await readFeatures(client), (found) =>
        table(
          ['', ''],
          [
            [
              'online generation',
              found.complete ? `${found.generation}, complete` : 'none is complete: ingestion is rebuilding',
            ],
            ['customers online', found.customers === null ? null : count(found.customers)],
            ['events in the lake', `${count(found.events)} in ${count(found.segments)} segments`],
            ['events in the inbox', count(found.inbox_rows)],
            ['position', count(found.position)],
            ['projector at', count(found.projector_position)],
            ['compactor at', count(found.compactor_position)],
          ],
        ),
      );
    });
}
