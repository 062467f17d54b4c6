import type { NotionObjectKind } from '../domain/operation.ts';
import { canonicalId, isOpaqueId } from './ids.ts';
import { idsInLink } from './links.ts';

/** The object that an argument of a tool names, and how the argument is sent on: in the form that was judged. */
export interface ToolReference {
  readonly kind: NotionObjectKind;
  readonly id: string;
  readonly sent: string;
}

const schemes = /^(collection|view|user):\/\/([0-9a-f-]{32,36})$/i;
const kinds = { collection: 'data_source', view: 'view', user: 'user' } as const;
const discussion = /^discussion:\/\/([0-9a-f-]{32,36})\/[0-9a-f-]{32,36}\/[0-9a-f-]{32,36}$/i;

/** Reads an argument that names an object. Null: it is unclear which object, or there is more than one. */
export function readToolReference(text: unknown, kind: NotionObjectKind): ToolReference | null {
  if (typeof text !== 'string') return null;
  const plain = text.trim().replace(/^\{\{(.*)\}\}$/, '$1');
  const [, scheme, named] = schemes.exec(plain) ?? [];
  const inScheme = canonicalId(named ?? '');
  if (scheme !== undefined) {
    if (inScheme === null) return null;
    const name = scheme.toLowerCase() as keyof typeof kinds;
    return { kind: kinds[name], id: inScheme, sent: `${name}://${inScheme}` };
  }
  // A comment is judged by the page in the address of its discussion.
  const page = canonicalId(discussion.exec(plain)?.[1] ?? '');
  if (kind === 'discussion') return page === null ? null : { kind: 'page', id: page, sent: plain };
  if (kind === 'async_task' && isOpaqueId(plain)) return { kind, id: canonicalId(plain) ?? plain, sent: plain };
  const view = kind === 'view' && URL.canParse(plain) ? canonicalId(new URL(plain).searchParams.get('v') ?? '') : null;
  if (view !== null) return { kind, id: view, sent: `view://${view}` };
  const ids = canonicalId(plain) ?? onlyOne(idsInLink(withoutQuery(plain)));
  return ids === null ? null : { kind, id: ids, sent: ids };
}

function withoutQuery(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  return url.origin === 'null' ? text : url.origin + url.pathname;
}

function onlyOne(ids: readonly string[]): string | null {
  return ids.length === 1 ? (ids[0] ?? null) : null;
}
