import { Command } from 'commander';
import { up } from './up.ts';

/** `churn up <project>`: what `npm start` runs. */
export function upCommand(): Command {
  return new Command('up')
    .description('start the whole platform on this machine, bring a project to a scored state, and serve it')
    .argument('<project>', 'folder with churn.project.ts, such as examples/cdnow')
    .option('--once', 'end after the summary instead of serving', false)
    .option('--json', 'print the summary as JSON', false)
    .addHelpText(
      'after',
      `
Starts PostgreSQL and Redis (or uses DATABASE_URL and REDIS_URL) and the six services, applies the definitions, imports the files of the
folder, trains, promotes, scores every customer, exports those at high risk and checks for drift. What is done already is skipped.
State and logs are under .churn/ in the checkout; authentication is off and everything listens on 127.0.0.1 only.

Exit codes: 0 ended as asked, 1 something failed (the message says what), 130 interrupted before it served.`,
    )
    .action(async (project: string, options: { once: boolean; json: boolean }) => {
      process.exitCode = await up(project, options);
    });
}
