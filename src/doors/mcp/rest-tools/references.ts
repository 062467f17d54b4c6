import { canonicalId } from '../../../notion/ids.ts';
import { idsInLink } from '../../../notion/links.ts';
import { invalid } from './notion-calls.ts';

/** What an `id` argument names. */
export type Reference =
  | { readonly kind: 'self' }
  | { readonly kind: 'object' | 'collection' | 'view' | 'user'; readonly id: string };

const schemes = /^(collection|view|user):\/\/([0-9a-f-]{32,36})$/i;

/** Reads a page's address, an id in any spelling, or one of `collection://`, `view://`, `user://` and `self`. */
export function readReference(text: string): Reference {
  const plain = text.trim().replace(/^\{\{(.*)\}\}$/, '$1');
  if (plain === 'self') return { kind: 'self' };
  const [, scheme, named] = schemes.exec(plain) ?? [];
  const inScheme = canonicalId(named ?? '');
  if (scheme !== undefined && inScheme !== null) {
    return { kind: scheme.toLowerCase() as 'collection' | 'view' | 'user', id: inScheme };
  }
  const id = canonicalId(plain) ?? onlyOne(idsInLink(withoutView(plain)));
  if (id === null) throw invalid(`Invalid id or URL: ${plain.slice(0, 200)}`);
  return { kind: 'object', id };
}

/** The id of a page, database, data source or person, in any spelling. */
export function idOf(value: unknown): string {
  const reference = readReference(String(value));
  if (reference.kind === 'self') throw invalid('self is no id here.');
  return reference.id;
}

/** How the hosted server writes the address of a page or database. */
export function addressOf(id: string): string {
  return `https://app.notion.com/p/${id.replaceAll('-', '')}`;
}

/** `?v=` names a view of the database that the address names. */
function withoutView(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  return url.origin === 'null' ? text : url.origin + url.pathname;
}

function onlyOne(ids: readonly string[]): string | null {
  return ids.length === 1 ? (ids[0] ?? null) : null;
}
