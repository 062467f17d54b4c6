import { settings } from '../config/settings.ts';
import type { Command, Option } from './command.ts';

/** What `portcullis --help` prints. */
export function overview(commands: readonly Command[]): string {
  const lines = commands.map(({ name, summary }) => [name, summary] as const);
  return [
    'Portcullis: access control for Notion.',
    '',
    'usage: portcullis COMMAND [OPTIONS]',
    '',
    ...columns(lines),
    '',
    'portcullis COMMAND --help says more about a command. Settings (docs/configuration.md) come from the',
    'environment, and from a file that --settings names.',
  ].join('\n');
}

/** What `portcullis COMMAND --help` prints. */
export function helpOf(command: Command): string {
  const options = Object.entries(command.options).map(
    ([name, option]) => [signature(name, option), docOf(option)] as const,
  );
  const usage = ['portcullis', command.name, ...command.parameters, ...(options.length > 0 ? ['[OPTIONS]'] : [])];
  return [
    command.summary,
    '',
    `usage: ${usage.join(' ')}`,
    ...(options.length > 0 ? ['', ...columns(options)] : []),
    ...(command.notes === undefined ? [] : ['', command.notes]),
  ].join('\n');
}

function signature(name: string, { takes }: Option): string {
  return takes === null ? `--${name}` : `--${name} ${takes}`;
}

function docOf({ doc, setting }: Option): string {
  if (setting === undefined) return doc;
  const { byDefault } = settings[setting];
  return `${doc} (${setting}${byDefault === null || byDefault === '' ? '' : `; default ${byDefault}`})`;
}

function columns(lines: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...lines.map(([left]) => left.length));
  return lines.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`);
}
