import { createHash } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';

const header = { alg: 'dir', enc: 'A256CBC-HS512', typ: 'portcullis-cursor+jwe' } as const;
const pinned = { keyManagementAlgorithms: [header.alg], contentEncryptionAlgorithms: [header.enc] };

/** A place in a list of Notion's: one of its pages, and how many of the items there have been seen. */
export interface ListPosition {
  /** Notion's own cursor of that page. */
  readonly cursor: string;
  readonly skip: number;
  /** How many items the page holds at most: asked for again in another size, it would be another page. */
  readonly size: number;
}

interface Claims {
  readonly of: string;
  readonly at: ListPosition;
}

/**
 * Makes the gateway's own cursors, and opens them (rule 15). They reveal nothing: a cursor of Notion's may be the id of
 * the next item, which the caller may not be allowed to see.
 */
export interface CursorSeal {
  /** @param list everything that the cursor is bound to: the caller, the list, and the connection */
  seal(list: string, position: ListPosition): Promise<string>;
  /** Null for a text that is no cursor of the gateway for this list. */
  open(list: string, cursor: string): Promise<ListPosition | null>;
}

/** Sealed texts are filled up to a multiple of this, so that their length does not tell how many items were passed over. */
const blockChars = 256;

/** @param key 64 random bytes, the same in every process of a deployment */
export function createCursorSeal(key: Uint8Array): CursorSeal {
  return {
    seal(list, at) {
      const text = JSON.stringify({ of: digest(list), at } satisfies Claims);
      const padded = text.padEnd(Math.ceil(text.length / blockChars) * blockChars);
      return new CompactEncrypt(Buffer.from(padded)).setProtectedHeader(header).encrypt(key);
    },

    async open(list, cursor) {
      const claims = await decrypt(cursor, key);
      return claims === null || claims.of !== digest(list) ? null : claims.at;
    },
  };
}

function digest(list: string): string {
  return createHash('sha256').update(list).digest('base64url');
}

async function decrypt(cursor: string, key: Uint8Array): Promise<Claims | null> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(cursor, key, pinned);
    return protectedHeader.typ === header.typ ? (JSON.parse(Buffer.from(plaintext).toString()) as Claims) : null;
  } catch {
    return null;
  }
}
