import type { Stage } from '@churn/contracts';
import { type Command, Option } from 'commander';
import type { OpenSession } from '../command.ts';
import { decimal, table } from '../format.ts';
import { listVersions, moveStage, readVersion } from '../operations.ts';
import { argument } from './arguments.ts';
import { describeVersion } from './describe-version.ts';

export function addModels(program: Command, open: OpenSession): void {
  const models = program
    .command('models')
    .description('Versions of models, and the stages they are in')
    .addHelpText('after', '\nExample:\n  $ churn models list');
  addList(models, open);
  addShow(models, open);
  addPromote(models, open);
}

function addList(models: Command, open: OpenSession): void {
  models
    .command('list')
    .description('All versions, by model, the newest first')
    .addHelpText('after', '\nExample:\n  $ churn models list')
    .action(async (_options, command: Command) => {
      const { client, output } = open(command);
      output.result({ versions: await listVersions(client) }, ({ versions }) =>
        versions.length === 0
          ? 'No model yet: churn train'
          : table(
              ['MODEL', 'VERSION', 'STAGE', 'AUC', 'BASELINE', 'LIFT 10%', 'CREATED', 'BY'],
              versions.map((v) => [
                v.model,
                v.version,
                v.stage,
                decimal(v.auc),
                decimal(v.baseline_auc),
                decimal(v.lift_at_10, 2),
                v.created_at.slice(0, 16),
                v.created_by,
              ]),
            ),
      );
    });
}

function addShow(models: Command, open: OpenSession): void {
  models
    .command('show')
    .argument('<model>', 'its name, as list shows it', argument.model)
    .argument('<version>', 'its number', argument.version)
    .description('Metrics, importance, origin and history of a version (--json has the whole manifest)')
    .addHelpText('after', '\nExample:\n  $ churn models show customer_churn_model 1')
    .action(async (model: string, version: number, _options, command: Command) => {
      const { client, output } = open(command);
      output.result(await readVersion(client, model, version), describeVersion);
    });
}

function addPromote(models: Command, open: OpenSession): void {
  models
    .command('promote')
    .argument('<model>', 'its name, as list shows it', argument.model)
    .argument('<version>', 'its number', argument.version)
    .description('Move a version to a stage; into Production, the one before it goes to Archived')
    .addOption(
      new Option('--stage <stage>', 'where to')
        .choices(['None', 'Staging', 'Production', 'Archived'])
        .default('Production'),
    )
    .requiredOption('-r, --reason <text>', 'why, for those who read the record', argument.reason)
    .addHelpText(
      'after',
      '\nExamples:\n  $ churn models promote customer_churn_model 2 --stage Staging --reason "AUC 0.73 against 0.71"\n  $ churn models promote customer_churn_model 2 --reason "reviewed"\n\nA rollback is the promotion of the archived version that served before.',
    )
    .action(
      async (
        model: string,
        version: number,
        { stage, reason }: { stage: Stage; reason: string },
        command: Command,
      ) => {
        const { client, output } = open(command);
        output.result(
          await moveStage(client, { model, version }, { stage, reason }),
          (moved) => `${moved.model} version ${moved.version} is in ${moved.stage}.`,
        );
      },
    );
}
