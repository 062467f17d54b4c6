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

/**
 * A name or title from a stranger, as one line. Control characters, line ends and direction marks become spaces:
 * direction marks change how the text around them reads. The two joiners stay, because emoji and several scripts need
 * them. At most `charsMax` characters; empty if there is nothing to see.
 */
export function plainText(text: string, charsMax: number): string {
  const plain = text.replace(strange, ' ').trim();
  return [...plain.slice(0, 2 * charsMax)].slice(0, charsMax).join('').trim();
}

const strange = /(?:(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}])+/gu;

/** Whether a JSON value has U+0000 anywhere, keys included. PostgreSQL cannot store such text. */
export function hasNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasNul);
  return Object.entries(value).some(([key, item]) => key.includes('\0') || hasNul(item));
}
