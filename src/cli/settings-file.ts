import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import type { Texts } from '../config/texts.ts';
import { type Invocation, type Option, UsageError } from './command.ts';

/** What every command takes that reads settings. */
export const settingsFileOption: Readonly<Record<string, Option>> = {
  // Not `env-file`: Node takes an option of that name for itself, in every position.
  settings: { takes: 'FILE', doc: 'read settings from this file too; the environment outranks it' },
};

/** The environment; for missing values, the file that `--settings` names. Throws UsageError. */
export async function environmentOf({ options, terminal }: Invocation): Promise<Texts> {
  const { settings: file } = options;
  if (typeof file !== 'string') return terminal.env;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `cannot read the settings in ${file} (${error.code})`,
      'give --settings a file like .env.example',
    );
  });
  return { ...parseEnv(text), ...terminal.env };
}
