import { helpAbout } from '../../src/cli/help.ts';
import { commands } from '../../src/cli/main.ts';
import { generatedFrom, page } from './markdown.ts';

/** `docs/commands.md`: what `--help` prints. */
export function commandsPage(): string {
  return page(
    generatedFrom('src/cli'),
    '# Commands',
    'In a checkout: `npx portcullis COMMAND`.',
    fenced(helpAbout(commands, [])),
    ...commands.flatMap(command => [
      `## portcullis ${command.name}`,
      fenced(helpAbout(commands, command.name.split(' '))),
    ]),
    '## Exit codes',
    '0 done, 1 a defect, 2 wrong usage or configuration, 3 not identified, 4 not allowed, 5 not found, 6 unavailable, ' +
      '7 too many requests. [Errors](errors.md) lists them one by one.',
  );
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}
