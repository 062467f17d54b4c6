/** JSON as RFC 8785 spells it: one spelling for one value. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** Throws a TypeError for values that JSON does not have: a number that is not finite, half of a surrogate pair. */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const record = value as { readonly [name: string]: JsonValue };
    // Sorts by UTF-16 code units, as the RFC wants it.
    const names = Object.keys(record).sort();
    return `{${names.map(name => `${canonicalString(name)}:${canonicalJson(record[name] as JsonValue)}`).join(',')}}`;
  }
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no such number');
  return JSON.stringify(value);
}

function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('half of a surrogate pair is no text');
  return JSON.stringify(text);
}

/** Whether a text is JSON in its canonical form. */
export function isCanonicalJson(text: string): boolean {
  try {
    return canonicalJson(JSON.parse(text) as JsonValue) === text;
  } catch {
    return false;
  }
}
