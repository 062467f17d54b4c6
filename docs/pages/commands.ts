import type { Command } from 'commander';
import { nameOf } from '../../src/cli/command-help.ts';
import { createCommandLine } from '../../src/cli/command-line.ts';
import { commandTable } from '../../src/cli/commands.ts';
import { generatedFrom, page } from './markdown.ts';

/** `docs/commands.md`: what `--help` prints. */
export function commandsPage(): string {
  const all = createCommandLine(commandTable);
  return page(
    generatedFrom('src/cli'),
    '# Commands',
    'In a checkout: `npx portcullis COMMAND`.',
    fenced(all.helpInformation()),
    ...below(all).flatMap(command => [`## portcullis ${nameOf(command)}`, fenced(command.helpInformation())]),
    '## Exit codes',
    '0 done, 1 a defect, 2 wrong usage or configuration, 3 not identified, 4 not allowed, 5 not found, 6 unavailable, ' +
      '7 too many requests. [Errors](errors.md) lists them one by one.',
  );
}

/** Each command and each group, before what is in it. */
function below(parent: Command): Command[] {
  return parent.commands.flatMap(command => [command, ...below(command)]);
}

function fenced(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}
