import type { Command } from 'commander';
import type { OpenSession } from '../command.ts';
import { apply } from '../operations.ts';
import { loadProject } from '../project-file.ts';

export function addApply(program: Command, open: OpenSession): void {
  program
    .command('apply')
    .argument('[folder]', 'folder with a churn.project.ts', '.')
    .description(
      "Make a project's definitions current: entities, sources, feature views, label, population, models",
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ churn apply examples/cdnow\n\nEqual definitions change nothing. A view that computes something else needs a higher version.',
    )
    .action(async (folder: string, _options, command: Command) => {
      const { output, forProject } = open(command);
      const { ir } = await loadProject(folder);
      const applied = await apply(forProject(ir.project), ir);
      output.result(applied, ({ project, version, changed, changes }) =>
        changed
          ? [`${project} is at version ${version}:`, ...changes.map((line) => `  ${line}`)].join('\n')
          : `${project} is at version ${version}; nothing changed.`,
      );
    });
}
