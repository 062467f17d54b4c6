/**
 * Makes text from strangers safe for a terminal: invisible characters, direction marks and line ends of any kind become
 * a replacement character. The two joiners stay, because emoji and several scripts need them.
 */
export function printable(text: string): string {
  return text.replace(invisible, '\u{fffd}');
}

/** The same for JSON: characters that a terminal could obey become JSON escape sequences, so nothing is lost. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(invisible, text =>
    Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

const invisible = /(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/gu;
