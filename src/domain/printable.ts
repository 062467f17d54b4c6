/**
 * Text that strangers wrote, made safe for a terminal: what is no visible character, direction marks and line ends of any
 * kind included, becomes a replacement character. The two joiners stay, which emoji and several scripts are written with.
 */
export function printable(text: string): string {
  return text.replace(invisible, '\u{fffd}');
}

/** The same for JSON: what a terminal could obey is written as an escape sequence of JSON, so nothing is lost. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(invisible, text =>
    Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

const invisible = /(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/gu;
