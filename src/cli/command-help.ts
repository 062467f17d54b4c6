import { type HelpConfiguration, type Command as Parser, Help as ParserHelp } from 'commander';
import { settings } from '../config/settings.ts';
import type { Option } from './command.ts';

/** Lists commands by their whole names, and in the help for everything those in groups too. */
export const showWholeNames: HelpConfiguration = {
  visibleCommands: parser => (parser.parent === null ? leavesBelow(parser) : [...parser.commands]),
  subcommandTerm: nameOf,
};

/** `keys status`: the words that name a command, without `portcullis`. */
export function nameOf(parser: Parser): string {
  if (parser.parent === null) return '';
  return `${nameOf(parser.parent)} ${parser.name()}`.trim();
}

/** Commands that can be run. A group is none, unless it is also a command, like `audit`. */
export function leavesBelow(parser: Parser): Parser[] {
  return parser.commands.flatMap(child => [...(isGroup(child) ? [] : [child]), ...leavesBelow(child)]);
}

/** Whether it only holds commands. A group that is also a command has a heading in the help. */
export function isGroup(parser: Parser): boolean {
  return parser.helpGroup() === '';
}

/** The help of commander, and below it the notes of the command. */
export function formatHelp(notes: ReadonlyMap<Parser, string>): NonNullable<HelpConfiguration['formatHelp']> {
  return (parser, help) => {
    const text = ParserHelp.prototype.formatHelp.call(help, parser, help);
    const note = notes.get(parser);
    return note === undefined ? text : `${text}\n${help.boxWrap(note, help.helpWidth ?? 80)}\n`;
  };
}

/** `port to listen on; 0 means any free port (PORTCULLIS_PORT; default 8420)` */
export function describeOption({ doc, setting }: Omit<Option, 'takes'>): string {
  if (setting === undefined) return doc;
  const { byDefault } = settings[setting];
  return `${doc} (${setting}${byDefault === null || byDefault === '' ? '' : `; default ${byDefault}`})`;
}
