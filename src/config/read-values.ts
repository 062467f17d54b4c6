import type { ConfigProblem } from './config-error.ts';
import { withoutServiceVariables } from './kubernetes.ts';
import { nearest } from './nearest.ts';
import { fileSettingOf, readSecretFiles, secretsInFiles } from './secret-files.ts';
import { type Setting, type SettingName, settingNames, settings, type Values } from './settings.ts';
import type { Texts } from './texts.ts';

export interface Reading {
  readonly values: Values;
  /** Settings with a given value, as opposed to defaults. */
  readonly given: ReadonlySet<SettingName>;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Reads every setting on its own, and secrets also from the files that `NAME_FILE` names. An empty text counts as not
 * set. A setting that cannot be read has a problem and the value of its default, so that all problems can be reported
 * at once.
 */
export function readValues(environment: Texts): Reading {
  const { texts, problems: ofFiles } = readSecretFiles(withCommonSpellings(withoutServiceVariables(environment)));
  const problems: ConfigProblem[] = [...unknownSettings(texts), ...ofFiles];
  const given = new Set(settingNames.filter(name => (texts[name] ?? '') !== ''));
  const read = (name: SettingName): unknown => {
    const { type, byDefault }: Setting<unknown> = settings[name];
    const fallback = byDefault === null ? null : type.read(byDefault);
    if (!given.has(name)) return fallback;
    try {
      return type.read(texts[name] ?? '');
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push({ setting: name, problem: error.message, hint: `Expected: ${type.expects}.` });
      return fallback;
    }
  };
  // The table gives each name its type; a loop over it cannot show that to the compiler.
  const values = Object.fromEntries(settingNames.map(name => [name, read(name)])) as Values;
  return { values, given, problems };
}

/** Names of proxy settings are written in lower case as often as in capitals. Lower case wins, as in other programs. */
function withCommonSpellings(texts: Texts): Texts {
  const spelled = (['HTTPS_PROXY', 'NO_PROXY'] as const).flatMap(name => {
    const text = texts[name.toLowerCase()] ?? '';
    return text === '' ? [] : [[name, text]];
  });
  return { ...texts, ...Object.fromEntries(spelled) };
}

function unknownSettings(texts: Texts): ConfigProblem[] {
  const known: readonly string[] = [...settingNames, ...secretsInFiles.map(fileSettingOf)];
  return Object.keys(texts)
    .filter(name => name.startsWith('PORTCULLIS_') && !known.includes(name))
    .map(name => {
      const meant = nearest(name, known);
      const hint = meant === null ? 'Remove it. docs/configuration.md lists every setting.' : `Did you mean ${meant}?`;
      return { setting: name, problem: 'is not a setting', hint };
    });
}
