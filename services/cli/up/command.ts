import type { AddCommand } from '../command.ts';
import { up } from './up.ts';

/** `churn up <project>`: what `npm start` runs. */
export const addUp: AddCommand = (program, open) => {
  program
    .command('up')
    .description('Start the whole platform on this machine, bring a project to a scored state, and serve it')
    .argument('<project>', 'folder with churn.project.ts, such as examples/cdnow')
    .option('--once', 'end after the summary instead of serving', false)
    .option('--state <folder>', 'where databases, lake and logs are kept; default .churn in the checkout')
    .addHelpText(
      'after',
      `
Examples:
  $ churn up examples/cdnow
  $ churn up examples/cdnow --once --json
  $ churn up examples/telco

Starts PostgreSQL and Redis (or uses DATABASE_URL and REDIS_URL) and the six services, applies the definitions, imports the files of the
folder (<source>.csv, or what the project's export \`files\` says: file and, without a timestamp column, asOf), trains, promotes, scores every customer, exports those at high risk and checks for drift. What is done already is skipped.
Authentication is off and everything listens on 127.0.0.1 only. The services take the ports of the CHURN_..._URL settings, so a second
platform with a --state of its own can run beside the first. Exit code 130: interrupted before it served.`,
    )
    .action(async (project: string, options: { once: boolean; state?: string }, command) => {
      const { output } = open(command);
      await up(project, { ...options, output });
    });
};
