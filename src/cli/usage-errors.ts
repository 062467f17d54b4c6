import type { AddHelpTextContext, CommanderError, Command as Parser } from 'commander';
import { nearest } from '../config/nearest.ts';
import { UsageError } from './command.ts';
import { leavesBelow, nameOf } from './command-help.ts';

/**
 * The error to throw in the places where commander would end the process: a UsageError with the problem in one sentence
 * and a hint. After help or the version was printed, it is commander's own error.
 */
export function usageErrorOf(parser: Parser, error: CommanderError): Error {
  if (error.exitCode === 0) return error;
  // The only word that commander marks in its sentence.
  const word = /'(.*)'/s.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption':
      return unknownOption(parser, word);
    case 'commander.optionMissingArgument': {
      const [flag, takes = ''] = word.split(/ <|>/);
      return new UsageError(`${flag} needs ${takes} after it`, helpHint(parser));
    }
    case 'commander.missingArgument':
      return new UsageError(`${word} is missing`, helpHint(parser));
    case 'commander.excessArguments': {
      if (parser.commands.length > 0) return unknownCommand(parser);
      const extra = parser.args[parser.registeredArguments.length];
      return new UsageError(`"${extra}" is one argument too many`, helpHint(parser));
    }
    case 'commander.unknownCommand':
      return unknownCommand(parser);
    case 'commander.help':
      return new UsageError(`"${nameOf(parser)}" is not a whole command`, listOf(parser));
    default:
      return error;
  }
}

/** `portcullis keys stats --help` asks about a command that there is not. Throws UsageError. */
export function refuseHelpForUnknown({ command }: AddHelpTextContext): string {
  const [word] = command.args;
  if (command.commands.length > 0 && word !== undefined && !word.startsWith('-')) throw unknownCommand(command);
  return '';
}

function unknownCommand(parser: Parser): UsageError {
  const name = `${nameOf(parser)} ${parser.args[0]}`.trim();
  const meant = nearest(name, leavesBelow(parser).map(nameOf));
  const hint = parser.parent === null ? 'portcullis --help lists the commands' : listOf(parser);
  return new UsageError(`unknown command "${name}"`, meant === null ? hint : `did you mean "portcullis ${meant}"?`);
}

function unknownOption(parser: Parser, given: string): UsageError {
  const [flag = ''] = given.split('=');
  const flags = parser.createHelp().visibleOptions(parser);
  if (flags.some(({ long }) => long === flag)) return new UsageError(`${flag} takes no value`, helpHint(parser));
  const meant = nearest(
    flag,
    flags.flatMap(({ long }) => long ?? []),
  );
  return new UsageError(`unknown option "${flag}"`, meant === null ? helpHint(parser) : `did you mean ${meant}?`);
}

function listOf(parser: Parser): string {
  const names = leavesBelow(parser).map(nameOf);
  return `there ${names.length === 1 ? 'is' : 'are'} ${names.join(' and ')}`;
}

function helpHint(parser: Parser): string {
  return `${`portcullis ${nameOf(parser)}`.trim()} --help shows how it is used`;
}
