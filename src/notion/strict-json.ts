/** A JSON object as it was parsed. Keys may be anything, `__proto__` included: look with `Object.hasOwn`. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** How deep arrays and objects may be nested. Notion's own requests stay below 30. */
export const jsonDepthMax = 64;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses a body that has exactly one meaning: one JSON object (RFC 8259) in UTF-8 without byte order mark, no key twice
 * in an object, no deeper than `jsonDepthMax`. Null for anything else.
 *
 * If a key comes twice, another parser may use the other value; so no key may come twice. Every member has one colon
 * outside of strings and leaves one key, so fewer keys than colons means that a key was lost. That costs a scan instead
 * of a parser of our own.
 */
export function parseStrictJson(bytes: Uint8Array): JsonObject | null {
  const text = decode(bytes);
  if (text === null || text.startsWith('\uFEFF')) return null;
  const members = countMembers(text);
  if (members === null) return null;
  const value = parse(text);
  return isJsonObject(value) && countKeys(value) === members ? value : null;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decode(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const quote = 0x22;
const colon = 0x3a;
const backslash = 0x5c;

/** Counts colons outside of strings. Null if brackets stand too deep, or a string does not end. */
function countMembers(text: string): number | null {
  let members = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      index = endOfString(text, index);
      if (index === -1) return null;
    } else if (code === colon) members++;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > jsonDepthMax) return null;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return members;
}

/** Index of the quote that ends the string which starts at `start`; -1 if there is none. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, index: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(index - 1 - slashes) === backslash) slashes++;
  return slashes % 2 === 1;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item);
    return count;
  }
  for (const item of Object.values(value)) count += 1 + countKeys(item);
  return count;
}
