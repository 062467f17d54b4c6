import type { Command as Parser, Option as ParserOption } from 'commander';

/** The words that may follow some words, such as `portcullis keys`. */
export interface CompletionPoint {
  /** The words so far, each after a space: empty for `portcullis` alone, ` keys` for `portcullis keys`. */
  readonly path: string;
  readonly commands: readonly { readonly word: string; readonly summary: string }[];
  readonly flags: readonly CompletionFlag[];
  /** Whether the command takes the name of a file. */
  readonly takesFile: boolean;
}

interface CompletionFlag {
  /** `--port` */
  readonly flag: string;
  readonly summary: string;
  readonly value: 'none' | 'file' | 'directory' | 'text';
}

/** Everything that can be completed, from the tree of commands. */
export function completionPoints(parser: Parser, path = ''): readonly CompletionPoint[] {
  const point = {
    path,
    commands: parser.commands.map(child => ({ word: child.name(), summary: child.description() })),
    flags: parser
      .createHelp()
      .visibleOptions(parser)
      .map(option => ({ flag: option.long ?? '', summary: option.description, value: kindOf(option) })),
    takesFile: parser.registeredArguments.some(argument => argument.name() === 'FILE'),
  };
  return [point, ...parser.commands.flatMap(child => completionPoints(child, `${path} ${child.name()}`))];
}

function kindOf({ flags, required }: ParserOption): CompletionFlag['value'] {
  if (!required) return 'none';
  if (flags.endsWith('<FILE>')) return 'file';
  return flags.endsWith('<DIR>') ? 'directory' : 'text';
}

/** Flags that are followed by a value of this kind, each behind the words of its command: ` serve --port`. */
export function flagsTaking(points: readonly CompletionPoint[], value: CompletionFlag['value']): string[] {
  return points.flatMap(({ path, flags }) =>
    flags.filter(flag => flag.value === value).map(({ flag }) => `${path} ${flag}`),
  );
}

/** `'it'\''s'`: one word for bash and zsh, for every text. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** `' keys'|' keys status'`: a pattern of `case` in bash and zsh. */
export function anyOf(words: readonly string[]): string {
  return words.map(quoted).join('|');
}
