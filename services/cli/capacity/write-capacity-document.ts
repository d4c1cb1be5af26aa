/** Writes what the commands in docs/capacity.md print today under each: npm run docs:capacity. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const MAIN = resolve(import.meta.dirname, '../main.ts');
const DOCUMENT = resolve(import.meta.dirname, '../../../docs/capacity.md');

const text = readFileSync(DOCUMENT, 'utf8').replace(
  /^(\$ churn (capacity .*)\n)[\s\S]*?```/gm,
  (_all, line: string, command: string) =>
    `${line}${execFileSync(process.execPath, [MAIN, ...command.split(' ')], { encoding: 'utf8' })}\`\`\``,
);
writeFileSync(DOCUMENT, text);
