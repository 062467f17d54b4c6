const pattern = /\{((?:in|out|new|mine)\.\w+)(?:\.(digits|capitals|link))?\}/g;
const idPattern = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi;

/** Puts ids in the place of their names, in the spelling that the name asks for. */
export function fill<T>(template: T, idOf: (name: string) => string): T {
  const filled = JSON.stringify(template).replace(pattern, (_, name: string, form?: string) =>
    spelled(idOf(name), form),
  );
  return JSON.parse(filled) as T;
}

/** The names that a template holds, each once. */
export function namesIn(template: unknown): string[] {
  return [...new Set([...JSON.stringify(template).matchAll(pattern)].map(([, name = '']) => name))];
}

function spelled(id: string, form?: string): string {
  const digits = id.replaceAll('-', '');
  if (form === 'capitals') return id.toUpperCase();
  if (form === 'link') return `https://www.notion.so/${digits}`;
  return form === 'digits' ? digits : id;
}

/** A text with `ID` for all ids that the request named, however either spells them. */
export function withoutNamed(text: string, request: unknown): string {
  const plain = (id: string) => id.replaceAll('-', '').toLowerCase();
  const named = new Set((JSON.stringify(request).match(idPattern) ?? []).map(plain));
  return text.replace(idPattern, id => (named.has(plain(id)) ? 'ID' : id));
}
