/**
 * Runs every benchmark, one after the other, and writes bench/results.md. Usage: npm run bench. Takes about ten minutes; nothing else
 * should run on the machine.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

const SCRIPTS = [
  'predict',
  'hpa',
  'batch',
  'events',
  'footprint',
  'processes',
  'reference',
  'chaos',
  'faults',
];
const HEADER = `# Figures

Written by \`npm run bench\`. Load, service, Postgres and Redis share one machine, so these are figures to compare a change by, not the most
that the services can do.
`;

const sections: string[] = [];
for (const script of SCRIPTS) {
  console.error(`bench/${script}.ts ...`);
  const child = spawn(process.execPath, [`bench/${script}.ts`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`bench/${script}.ts ended with ${code}`);
  sections.push(output.trim());
}
await writeFile(
  'bench/results.md',
  `${[HEADER, ...sections].join('\n')}\n`.replaceAll('\n## ', '\n\n## ').replaceAll('\n\n\n', '\n\n'),
);
console.error('bench/results.md is written.');
