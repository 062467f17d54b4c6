import type { Flags } from '../config/config.ts';
import type { SettingName } from '../config/settings.ts';
import type { Texts } from '../config/texts.ts';

/** One command of the command line: `portcullis NAME`. */
export interface Command {
  /** One or two words. */
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Names of the arguments that must be given, in order. */
  readonly parameters: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** Text below the options in `--help`. */
  readonly notes?: string;
  /** Returns the exit code. Throws errors that `report.ts` can print. */
  run(invocation: Invocation): Promise<number>;
}

/** One `--option` of a command. */
export interface Option {
  /** The word after the option, as help shows it (`PORT`); null for a switch. */
  readonly takes: string | null;
  readonly doc: string;
  /** The setting that this option sets. It has priority over the environment. */
  readonly setting?: SettingName;
}

/** All commands. */
export interface CommandTable {
  /** By the heading under which help lists them. */
  readonly headings: Readonly<Record<string, readonly Command[]>>;
  /** One line about the first of two words, where it is no command by itself. */
  readonly groups: Readonly<Record<string, string>>;
}

/** The parsed command line of a person. */
export interface Invocation {
  readonly parameters: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** The options that set settings. */
  readonly settings: Flags;
  readonly terminal: Terminal;
}

/** The input and output of a command. */
export interface Terminal {
  /** What settings are read from: the environment, and what `--settings` names. */
  readonly env: Texts;
  /** Writes a line of results. */
  out(line: string): void;
  /** Writes a line for people: progress, warnings, errors. */
  err(line: string): void;
  /** Shows a line that the next one replaces; does nothing unless a person is watching. */
  progress(line: string): void;
}

/** A part of the command line that cannot be understood. */
export class UsageError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}
