import { parseArgs } from 'node:util';
import { nearest } from '../config/nearest.ts';
import type { SettingName } from '../config/settings.ts';
import { type Command, type Invocation, UsageError } from './command.ts';

/** Finds the command that the words begin with, and what is left for it. */
export function findCommand(
  commands: readonly Command[],
  words: readonly string[],
): { command: Command; rest: string[] } {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const command = commands.find(candidate => candidate.name === name);
    if (command !== undefined) return { command, rest: words.slice(length) };
  }
  const names = commands.map(({ name }) => name);
  const [first = ''] = words;
  const group = commandsBelow(commands, first);
  if (group.length > 0) {
    const [, second] = words;
    const problem = second === undefined ? `"${first}" is not a whole command` : `unknown command "${first} ${second}"`;
    throw new UsageError(
      problem,
      `there ${group.length === 1 ? 'is' : 'are'} ${group.map(({ name }) => name).join(' and ')}`,
    );
  }
  const meant = nearest(first, names);
  throw new UsageError(
    `unknown command "${first}"`,
    meant === null ? 'portcullis --help lists the commands' : `did you mean "portcullis ${meant}"?`,
  );
}

/** The commands of a group: `keys status` and the others are below `keys`. */
export function commandsBelow(commands: readonly Command[], group: string): Command[] {
  return commands.filter(({ name }) => name.startsWith(`${group} `));
}

/** Reads the words after a command's name. Throws UsageError. */
export function parseInvocation(command: Command, words: readonly string[]): Omit<Invocation, 'terminal'> {
  const { positionals, options } = readWords(command, words);
  const missing = command.parameters[positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`, helpHint(command));
  const [extra] = positionals.slice(command.parameters.length);
  if (extra !== undefined) throw new UsageError(`"${extra}" is one argument too many`, helpHint(command));
  const parameters = command.parameters.map((name, index) => [name, positionals[index] ?? ''] as const);
  return { parameters: Object.fromEntries(parameters), options, settings: settingsOf(command, options) };
}

type Options = Record<string, string | boolean | undefined>;

function readWords(command: Command, words: readonly string[]): { positionals: string[]; options: Options } {
  const known = Object.entries(command.options).map(
    ([name, { takes }]) => [name, { type: takes === null ? 'boolean' : 'string' }] as const,
  );
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(known),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const positionals: string[] = [];
  const options: Options = {};
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind === 'option') options[token.name] = readOption(command, token);
  }
  return { positionals, options };
}

function readOption(
  command: Command,
  token: { name: string; rawName: string; value?: string | undefined },
): string | true {
  const option = Object.hasOwn(command.options, token.name) ? command.options[token.name] : undefined;
  if (option === undefined) throw unknownOption(command, token.rawName);
  if (option.takes === null) {
    if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`, helpHint(command));
    return true;
  }
  if (token.value === undefined)
    throw new UsageError(`${token.rawName} needs ${option.takes} after it`, helpHint(command));
  return token.value;
}

function unknownOption(command: Command, given: string): UsageError {
  const names = Object.keys(command.options).map(name => `--${name}`);
  const meant = nearest(given, names);
  return new UsageError(`unknown option "${given}"`, meant === null ? helpHint(command) : `did you mean ${meant}?`);
}

function settingsOf(command: Command, options: Options): Invocation['settings'] {
  const settings: { [Name in SettingName]?: string } = {};
  for (const [name, { setting }] of Object.entries(command.options)) {
    const value = options[name];
    if (setting !== undefined && typeof value === 'string') settings[setting] = value;
  }
  return settings;
}

function helpHint(command: Command): string {
  return `portcullis ${command.name} --help shows how it is used`;
}
