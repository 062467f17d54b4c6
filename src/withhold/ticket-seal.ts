import { CompactEncrypt, compactDecrypt } from 'jose';
import type { FileHolder, LinkedFile } from '../domain/file-links.ts';
import type { ConnectionId, KeyId, PrincipalId, SessionId, WorkspaceId } from '../domain/ids.ts';
import type { StoredTicket } from './file-ticket-store.ts';

const header = { alg: 'dir', enc: 'A256CBC-HS512', typ: 'portcullis-file+jwe' } as const;
const pinned = { keyManagementAlgorithms: [header.alg], contentEncryptionAlgorithms: [header.enc] };

/** What is sealed. The first three repeat the columns of the row, so that nothing can be moved to another row. */
interface Claims {
  readonly hash: string;
  readonly workspace: WorkspaceId;
  readonly credential: KeyId | SessionId;
  readonly connection: ConnectionId;
  readonly principal: PrincipalId;
  readonly holder: FileHolder;
  readonly source: FileHolder;
  readonly url: string;
  readonly seen: number;
  readonly expires: number;
}

export interface TicketSeal {
  seal(hash: Buffer, file: LinkedFile): Promise<string>;
  /** Null for what was altered, moved to another row, or sealed under another key. */
  open(ticket: StoredTicket): Promise<LinkedFile | null>;
}

/**
 * Seals what a ticket stands for as JWE (RFC 7516): a copy of the database opens no file.
 *
 * @param key 64 random bytes, the same in every process of a deployment
 */
export function createTicketSeal(key: Uint8Array): TicketSeal {
  return {
    seal(hash, file) {
      const claims: Claims = {
        hash: hash.toString('base64url'),
        workspace: file.workspaceId,
        credential: file.credential,
        connection: file.connectionId,
        principal: file.principalId,
        holder: file.holder,
        source: file.source,
        url: file.url,
        seen: file.seenAt.getTime(),
        expires: file.expiresAt.getTime(),
      };
      return new CompactEncrypt(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header).encrypt(key);
    },

    async open({ hash, workspaceId, credential, sealed }) {
      const claims = await decrypt(sealed, key);
      if (claims === null || claims.hash !== hash.toString('base64url')) return null;
      if (claims.workspace !== workspaceId || claims.credential !== credential) return null;
      const { connection: connectionId, principal: principalId, holder, source, url, seen, expires } = claims;
      return {
        ...{ workspaceId, credential, connectionId, principalId, holder, source, url },
        seenAt: new Date(seen),
        expiresAt: new Date(expires),
      };
    },
  };
}

async function decrypt(sealed: string, key: Uint8Array): Promise<Claims | null> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, pinned);
    return protectedHeader.typ === header.typ ? (JSON.parse(Buffer.from(plaintext).toString()) as Claims) : null;
  } catch {
    return null;
  }
}
