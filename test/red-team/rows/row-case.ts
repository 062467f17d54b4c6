import type { Attempt } from '../attempts/attempt.ts';

/**
 * The caller. `scout` may read under the public page, and `viewer` everywhere unless it is denied. The next three hold
 * keys for the open page, with what is under it: `editor` of an editor, `keeper` and `reader` of an admin, the latter
 * for reading only. `admin` has no limit, and `nobody` has no key.
 */
export type Who = 'scout' | 'viewer' | 'editor' | 'keeper' | 'reader' | 'admin' | 'nobody';

export interface Asked extends Attempt {
  readonly as: Who;
  /** `Notion-Version`; left out: the newest. */
  readonly version?: string;
  /** The name of a file, which is sent as a form. */
  readonly form?: string;
}

/** One place of a row of the operation table where a request names an object, or grows graver. */
export interface RowCase {
  readonly row: string;
  /** The place as the row spells it; `workspace` for what the row demands there; `!key` for what makes it graver. */
  readonly at: string;
  readonly allow: Asked;
  readonly deny: Asked;
  /**
   * What the denied caller gets: 404 for what they may not read, 403 for what they may, 200 for lists that leave it
   * out.
   */
  readonly status: 200 | 401 | 403 | 404;
}

export function rowCase(row: string, at: string, allow: Asked, deny: Asked, status: RowCase['status'] = 404): RowCase {
  return { row, at, allow, deny, status };
}

type Options = Pick<Asked, 'version'>;

/** What one of them sends. */
function by(as: Who) {
  return {
    get: (path: string, options: Options = {}): Asked => ({ as, method: 'GET', path, ...options }),
    post: (path: string, body: unknown = {}, options: Options = {}): Asked => ({
      ...{ as, method: 'POST', path, body },
      ...options,
    }),
    patch: (path: string, body: unknown, options: Options = {}): Asked => ({
      ...{ as, method: 'PATCH', path, body },
      ...options,
    }),
    remove: (path: string, options: Options = {}): Asked => ({ as, method: 'DELETE', path, ...options }),
  };
}

export const scout = by('scout');
export const viewer = by('viewer');
export const editor = by('editor');
export const keeper = by('keeper');
export const reader = by('reader');
export const admin = by('admin');
export const nobody = by('nobody');

/** The last version that says `archived`, and has `after` where later ones have `position`. */
export const olderVersion = { version: '2025-09-03' };
/** The last version without data sources. */
export const legacyVersion = { version: '2022-06-28' };

export const text = (content: string) => [{ type: 'text', text: { content } }];
export const titled = (content: string) => ({ title: { title: text(content) } });
export const named = (content: string) => ({ Name: { title: text(content) } });
export const paragraph = (rich_text: unknown = text('x')) => ({ type: 'paragraph', paragraph: { rich_text } });
