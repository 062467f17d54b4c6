import { Command as Parser, Option as ParserOption } from 'commander';
import type { SettingName } from '../config/settings.ts';
import type { Command, CommandTable, Invocation } from './command.ts';
import { describeOption, formatHelp, showWholeNames } from './command-help.ts';
import { refuseHelpForUnknown, usageErrorOf } from './usage-errors.ts';

/** The parsed words after the name of a command. */
export type Typed = Omit<Invocation, 'terminal'>;

/** What becomes of the command line. */
export interface CommandLineUse {
  /** Characters in a line of help. */
  readonly width: number;
  readonly version: string;
  /** Takes what help and `--version` print. */
  print(text: string): void;
  /** Runs the command that was typed. */
  run(command: Command, typed: Typed): Promise<void>;
}

/** For documents and completion: nothing is parsed. */
const onlyRead: CommandLineUse = { width: 120, version: '', print: () => {}, run: async () => {} };

/**
 * The table of commands as a tree that commander parses and describes: `keys status` is the child `status` of `keys`.
 * Parsing throws UsageError for what cannot be understood, and CommanderError after help was printed.
 */
export function createCommandLine(table: CommandTable, use: CommandLineUse = onlyRead): Parser {
  const { width, version, print, run } = use;
  const notes = new Map<Parser, string>();
  const root = preparedParser(new Parser('portcullis'))
    .description('Access control for Notion.')
    .usage('COMMAND [OPTIONS]')
    .version(version, '-V, --version', 'say which version this is')
    .configureOutput({ writeOut: print, writeErr: () => {}, outputError: () => {}, getOutHelpWidth: () => width })
    .configureHelp({ ...showWholeNames, formatHelp: formatHelp(notes) })
    .addHelpText('beforeAll', refuseHelpForUnknown);
  notes.set(root, overviewNotes);
  for (const [heading, commands] of Object.entries(table.headings)) {
    for (const command of commands) {
      const parser = addCommand(parentIn(root, command, table.groups), command, run).helpGroup(`${heading}:`);
      if (command.notes !== undefined) notes.set(parser, command.notes);
    }
  }
  return root;
}

const overviewNotes =
  'portcullis COMMAND --help says more about a command. Settings (docs/configuration.md) come from the environment, and ' +
  'from a file that --settings names.';

/** Settings that the root, groups and commands have in common. */
function preparedParser(parser: Parser): Parser {
  return parser
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride(error => {
      throw usageErrorOf(parser, error);
    });
}

function addCommand(parent: Parser, command: Command, run: CommandLineUse['run']): Parser {
  const parser = preparedParser(parent.command(command.name.split(' ').at(-1) ?? ''));
  for (const parameter of command.parameters) parser.argument(`<${parameter}>`);
  const options = Object.entries(command.options).map(([option, { takes, ...rest }]) => {
    const flags = takes === null ? `--${option}` : `--${option} <${takes}>`;
    return new ParserOption(flags, describeOption(rest));
  });
  for (const option of options) parser.addOption(option);
  return parser
    .description(command.summary)
    .usage([...(options.length > 0 ? ['[OPTIONS]'] : []), ...command.parameters].join(' '))
    .action(() => run(command, typedIn(parser, command)));
}

/** What the first of two words names: a command such as `audit`, or a group such as `keys`, which is made when it is needed. */
function parentIn(root: Parser, { name }: Command, groups: CommandTable['groups']): Parser {
  const [group = '', second] = name.split(' ');
  if (second === undefined) return root;
  const known = root.commands.find(candidate => candidate.name() === group);
  if (known !== undefined) return known;
  const summary = groups[group];
  if (summary === undefined) throw new Error(`the table says nothing of the group "${group}"`);
  return preparedParser(root.command(group)).description(summary).usage('COMMAND [OPTIONS]');
}

function typedIn(parser: Parser, command: Command): Typed {
  const parameters = command.parameters.map((name, index) => [name, parser.args[index] ?? ''] as const);
  const options: Record<string, string | boolean | undefined> = {};
  const settings: { [Name in SettingName]?: string } = {};
  for (const option of parser.options) {
    const value: string | true | undefined = parser.getOptionValue(option.attributeName());
    const setting = command.options[option.name()]?.setting;
    if (value !== undefined) options[option.name()] = value;
    if (setting !== undefined && typeof value === 'string') settings[setting] = value;
  }
  return { parameters: Object.fromEntries(parameters), options, settings };
}
