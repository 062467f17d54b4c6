import { canonicalId } from '../identifiers.ts';

/** What an `id` argument names. */
export type Reference =
  | { readonly kind: 'node' | 'collection' | 'view' | 'user'; readonly id: string }
  | { readonly kind: 'self' }
  | null;

/** Reads a page address, an id with or without dashes, or one of `collection://`, `view://`, `user://` and `self`. */
export function readReference(text: string): Reference {
  const plain = text.trim().replace(/^\{\{(.*)\}\}$/, '$1');
  if (plain === 'self') return { kind: 'self' };
  const scheme = /^(collection|view|user):\/\/([0-9a-fA-F-]+)/.exec(plain);
  if (scheme !== null) {
    const id = canonicalId(scheme[2] ?? '');
    return id === null ? null : { kind: scheme[1] as 'collection' | 'view' | 'user', id };
  }
  const id = canonicalId(plain) ?? idInAddress(plain);
  return id === null ? null : { kind: 'node', id };
}

/** The id of a page, database or data source argument, which may be any of the spellings; itself if it is none. */
export function idOf(text: string): string {
  const reference = readReference(text);
  return reference === null || reference.kind === 'self' ? text : reference.id;
}

function idInAddress(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const last = new URL(text).pathname.split('/').at(-1) ?? '';
  const hex = /([0-9a-fA-F]{32})$/.exec(last.replaceAll('-', ''))?.[1];
  return hex === undefined ? null : canonicalId(hex);
}

/** How the hosted server writes the address of a page or database. */
export function addressOf(id: string): string {
  return `https://app.notion.com/p/${id.replaceAll('-', '')}`;
}
