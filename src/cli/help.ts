import { settings } from '../config/settings.ts';
import type { Command, Option } from './command.ts';
import { commandsBelow, findCommand } from './parse.ts';

/**
 * What the words ask help about: `help keys`, `keys --help` and `keys status -h` are about `keys`, `keys` and `keys status`.
 * Nothing typed at all asks about everything. Null when they ask for no help.
 */
export function helpTopic(words: readonly string[]): readonly string[] | null {
  const [first, ...others] = words;
  if (first === undefined) return [];
  if (first === 'help') return others;
  if (!words.includes('--help') && !words.includes('-h')) return null;
  const firstOption = words.findIndex(word => word.startsWith('-'));
  return words.slice(0, firstOption);
}

/** What is printed about a command, about a group of commands such as `keys`, or about all. Throws UsageError. */
export function helpAbout(commands: readonly Command[], topic: readonly string[]): string {
  const words = topic.filter(word => !word.startsWith('-'));
  const [first] = words;
  if (first === undefined) return overview(commands);
  const group = commandsBelow(commands, first);
  const [, second] = words;
  if (second === undefined && group.length > 0 && !commands.some(({ name }) => name === first)) {
    return groupHelp(first, group);
  }
  const { command } = findCommand(commands, words);
  const others = command.name === first ? group : [];
  return others.length === 0 ? helpOf(command) : `${helpOf(command)}\n\nsee also:\n\n${list(others)}`;
}

function groupHelp(first: string, group: readonly Command[]): string {
  return [
    `usage: portcullis ${first} COMMAND [OPTIONS]`,
    '',
    list(group),
    '',
    `portcullis ${first} COMMAND --help says more about a command.`,
  ].join('\n');
}

function list(commands: readonly Command[]): string {
  return columns(commands.map(({ name, summary }) => [name, summary] as const)).join('\n');
}

function overview(commands: readonly Command[]): string {
  return [
    'Portcullis: access control for Notion.',
    '',
    'usage: portcullis COMMAND [OPTIONS]',
    '',
    list(commands),
    '',
    'portcullis COMMAND --help says more about a command. Settings (docs/configuration.md) come from the',
    'environment, and from a file that --settings names. portcullis --version (-V) says which version this is.',
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
