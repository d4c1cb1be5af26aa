import { describeSettings } from './settings.ts';

/** docs/settings.md, as the declarations have it. */
export function settingsDocument(): string {
  const rows = describeSettings().map(({ name, fallback, meaning }) => [
    `\`${name}\``,
    shownDefault(fallback),
    cell(meaning),
  ]);
  return `# Settings

<!-- Written by \`npm run docs:settings\` from shared/platform/settings.ts: edit that, not this. -->

Every service reads its settings from the environment, once, when it starts. What is missing or wrong, and any unknown variable that starts
with \`CHURN_\`, is named all at once, and the process ends with status 78.

Each may be given as \`NAME_FILE\` instead: the path of a file that holds the value, such as a mounted secret.

${table(['setting', 'default', 'meaning'], rows)}
`;
}

/** Columns as wide as their widest cell, as the formatter wants them. */
function table(head: string[], rows: string[][]): string {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n');
}

function shownDefault(fallback: string): string {
  if (fallback === '') return '';
  return fallback === 'required' ? '**required**' : `\`${cell(fallback)}\``;
}

const cell = (text: string) => text.replaceAll('|', '\\|');
