import type { Command } from 'commander';
import type { Session } from './session.ts';

/** Opens what a command works with, from the global options and the environment. */
export type OpenSession = (command: Command) => Session;

/** Adds one command, or a family of them, to the program. */
export type AddCommand = (program: Command, open: OpenSession) => void;
