import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { KiB } from '../domain/units.ts';
import type { ConfigProblem } from './config-error.ts';
import { type SettingName, settingNames, settings } from './settings.ts';
import type { Texts } from './texts.ts';

const fileBytesMax = 64 * KiB;

/**
 * Secrets that may also be kept in a file, which `NAME_FILE` names: all secrets without a file setting of their own in
 * the table.
 */
export const secretsInFiles: readonly SettingName[] = settingNames.filter(
  name => 'secret' in settings[name].type && !(fileSettingOf(name) in settings),
);

/** `DATABASE_URL` → `DATABASE_URL_FILE`. */
export function fileSettingOf(name: SettingName): string {
  return `${name}_FILE`;
}

/**
 * Replaces each secret by the content of the file that `NAME_FILE` names, without one newline at the end. A problem
 * never quotes the content of a file.
 */
export function readSecretFiles(texts: Texts): { texts: Texts; problems: ConfigProblem[] } {
  const read: Record<string, string> = {};
  const problems: ConfigProblem[] = [];
  for (const name of secretsInFiles) {
    const setting = fileSettingOf(name);
    const path = texts[setting] ?? '';
    if (path === '') continue;
    if ((texts[name] ?? '') !== '') {
      problems.push({ setting, problem: `is set beside ${name}`, hint: 'Set one of the two.' });
      continue;
    }
    try {
      read[name] = readSecret(path);
    } catch (error) {
      const problem = `names a file that ${(error as Error).message}`;
      problems.push({ setting, problem, hint: `It must hold the value of ${name} and nothing else.` });
    }
  }
  return { texts: { ...texts, ...read }, problems };
}

/** Throws an Error whose message says what is wrong with the file. */
function readSecret(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new Error(`cannot be read (${(error as NodeJS.ErrnoException).code}): ${path}`);
  }
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw new Error(`is a directory: ${path}`);
    if (stat.size > fileBytesMax) throw new Error(`is too large for a secret: ${path}`);
    const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    if (text === '') throw new Error(`is empty: ${path}`);
    return text;
  } finally {
    closeSync(file);
  }
}
