import type { Binding } from '../sealed-value.ts';

/** A context as a map of texts, in the order of its names: what AWS calls an encryption context. */
export function textContext(context: Binding): Record<string, string> {
  const names = Object.keys(context).sort();
  return Object.fromEntries(names.map(name => [name, String(context[name])]));
}

/** The context as bytes, always spelled the same: additional authenticated data. */
export function contextBytes(context: Binding): Buffer {
  return Buffer.from(JSON.stringify(textContext(context)));
}
