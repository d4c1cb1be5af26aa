import { featuresStatus, materializeResult } from '@churn/contracts';
import type { Command } from 'commander';
import { count, table } from '../output.ts';
import type { OpenSession } from '../program.ts';

/** A rebuild of many millions of customers takes minutes. */
const MATERIALIZE_MS = 3_600_000;

export function addFeatures(program: Command, open: OpenSession): void {
  const features = program
    .command('features')
    .description('Online features: rebuild them, or see how far they are');
  features
    .command('materialize')
    .description('Rebuild the online state of every customer from the lake, aside, and switch to it')
    .addHelpText(
      'after',
      '\nIngestion does this by itself when Redis was emptied; the command is for when you would rather not wait.',
    )
    .action(async (_options, command: Command) => {
      const { client, output } = open(command);
      output.progress('rebuilding online features');
      const made = await client
        .post('ingestion', '/features/materialize', materializeResult, { timeoutMs: MATERIALIZE_MS })
        .finally(() => output.settle());
      output.result(
        made,
        ({ customers, generation, duration_ms }) =>
          `${count(customers)} customers in ${(duration_ms / 1000).toFixed(1)} s; generation ${generation} serves.`,
      );
    });
  features
    .command('status')
    .description('Where the inbox, its readers and the online generation stand')
    .action(async (_options, command: Command) => {
      const { client, output } = open(command);
      const status = await client.get('ingestion', '/features/status', featuresStatus);
      output.result(status, (found) =>
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
