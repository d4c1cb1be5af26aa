import type { Command } from 'commander';

/** The command that the arguments name, and the word after it where a command was expected and there is none of that name. */
export interface Named {
  /** From the program's first subcommand down. */
  path: string[];
  command: Command;
  unknown: string | undefined;
}

/** Follows the words of the arguments down the tree of commands, as far as they name one. */
export function namedCommand(program: Command, args: readonly string[]): Named {
  const path: string[] = [];
  let command = program;
  for (const word of wordsOf(args)) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) return { path, command, unknown: isFamily(command) ? word : undefined };
    path.push(word);
    command = next;
  }
  return { path, command, unknown: undefined };
}

/** Does nothing by itself: one of its commands is to be named. */
function isFamily(command: Command): boolean {
  return command.commands.length > 0 && command.registeredArguments.length === 0;
}

/** `churn help a b` as `churn a b --help`: for each depth of commands. */
export function helpAsOption(args: readonly string[]): string[] {
  const at = args.findIndex((arg) => !arg.startsWith('-'));
  return args[at] === 'help' ? [...args.slice(0, at), ...args.slice(at + 1), '--help'] : [...args];
}

export function asksForHelp(args: readonly string[]): boolean {
  return beforeOperands(args).some((arg) => arg === '--help' || arg === '-h');
}

export function asksForJson(args: readonly string[]): boolean {
  return beforeOperands(args).includes('--json');
}

/** After `--` everything is an operand. */
function beforeOperands(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end === -1 ? args : args.slice(0, end);
}

/** Without options, and without the value of --project, the only option before a command that has one. */
function wordsOf(args: readonly string[]): string[] {
  return beforeOperands(args).filter((arg, at) => !arg.startsWith('-') && args[at - 1] !== '--project');
}
