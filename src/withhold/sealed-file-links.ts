import { CompactEncrypt, compactDecrypt } from 'jose';
import type { FileLinks, HostedFile } from '../domain/file-links.ts';
import { isId } from '../domain/ids.ts';
import type { Now } from '../domain/units.ts';

const header = { alg: 'dir', enc: 'A256CBC-HS512', typ: 'portcullis-file+jwe' } as const;
const pinned = { keyManagementAlgorithms: [header.alg], contentEncryptionAlgorithms: [header.enc] };
const ticketCharsMax = 12_000;

/** What a ticket holds; short names, because it stands in a URL. */
interface Claims {
  readonly u: string;
  readonly w: string;
  readonly k: HostedFile['object']['kind'];
  readonly i: string;
  readonly e: number;
}

/**
 * Tickets as JWE (RFC 7516), encrypted directly under one key: they need no table, and a caller can neither read the
 * signed URL in one nor change what it is decided on.
 *
 * @param key 64 random bytes, the same in every process of a deployment
 */
export function createSealedFileLinks({ key, now }: { readonly key: Uint8Array; readonly now: Now }): FileLinks {
  return {
    seal({ url, workspaceId, object, expiresAt }) {
      const claims: Claims = { u: url, w: workspaceId, k: object.kind, i: object.id, e: expiresAt.getTime() };
      return new CompactEncrypt(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header).encrypt(key);
    },

    async open(ticket) {
      if (ticket.length > ticketCharsMax) return null;
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(ticket, key, pinned);
        if (protectedHeader.typ !== header.typ) return null;
        const { u, w, k, i, e } = JSON.parse(Buffer.from(plaintext).toString()) as Claims;
        if (!isId('wsp', w) || e <= now().getTime()) return null;
        return { url: u, workspaceId: w, object: { kind: k, id: i }, expiresAt: new Date(e) };
      } catch {
        return null;
      }
    },
  };
}
