const property = /prop\(\s*"((?:[^"\\]|\\.)*)"\s*\)|\{\{notion:block_property:([^:}]+)[^}]*\}\}/g;
const anyReference = /prop\s*\(|\{\{\s*notion:/g;

/**
 * The properties that a formula names, by name or id. Null if that is not clear: then it may depend on anything.
 * https://developers.notion.com/reference/property-object#formula
 */
export function formulaReferences(expression: string): readonly string[] | null {
  const named = [...expression.matchAll(property)].map(([, name, id]) =>
    id === undefined ? unescaped(name) : decode(id),
  );
  const all = [...expression.matchAll(anyReference)].length;
  return all === named.length ? named : null;
}

function unescaped(text = ''): string {
  return text.replace(/\\(.)/g, '$1');
}

function decode(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
