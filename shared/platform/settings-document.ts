import { describeSettings } from './settings.ts';

/** docs/settings.md, as the declarations have it. */
export function settingsDocument(): string {
  const rows = describeSettings().map(
    ({ name, fallback, meaning }) => `| \`${name}\` | ${shownDefault(fallback)} | ${cell(meaning)} |`,
  );
  return `# Settings

<!-- Written by \`npm run docs:settings\` from shared/platform/settings.ts: edit that, not this. -->

Every service reads its settings from the environment, once, when it starts. What is missing or wrong, and any unknown variable that starts
with \`CHURN_\`, is named all at once, and the process ends with status 78.

Each may be given as \`NAME_FILE\` instead: the path of a file that holds the value, such as a mounted secret.

| setting | default | meaning |
| --- | --- | --- |
${rows.join('\n')}
`;
}

function shownDefault(fallback: string): string {
  if (fallback === '') return '';
  return fallback === 'required' ? '**required**' : `\`${cell(fallback)}\``;
}

const cell = (text: string) => text.replaceAll('|', '\\|');
