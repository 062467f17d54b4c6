import { CompactEncrypt, compactDecrypt } from 'jose';
import type { FileHolder, HostedFile, LinkBearer } from '../domain/file-links.ts';
import type { ConnectionId, ConsentId, KeyId, PrincipalId, SessionId, WorkspaceId } from '../domain/ids.ts';
import type { StoredTickets } from './file-ticket-store.ts';

const header = { alg: 'dir', enc: 'A256CBC-HS512', typ: 'portcullis-file+jwe' } as const;
const pinned = { keyManagementAlgorithms: [header.alg], contentEncryptionAlgorithms: [header.enc] };

/** The sealed data. The first three repeat the columns of the row, so that a value cannot be moved to another row. */
interface Claims {
  readonly hash: string;
  readonly workspace: WorkspaceId;
  readonly credential: KeyId | SessionId | ConsentId;
  readonly connection: ConnectionId;
  readonly principal: PrincipalId;
  readonly seen: number;
  readonly files: readonly {
    readonly secret: string;
    readonly url: string;
    readonly holder: FileHolder;
    readonly source: FileHolder;
    readonly expires: number;
  }[];
}

/** The files of one row of tickets: one answer gave them to one bearer. */
export interface Bundle {
  readonly bearer: LinkBearer;
  readonly seenAt: Date;
  /** By the part of the ticket that is this file's own. */
  readonly files: ReadonlyMap<string, HostedFile>;
}

export interface TicketSeal {
  seal(hash: Buffer, bundle: Bundle): Promise<string>;
  /** Null if it was altered, moved to another row, or sealed under another key. */
  open(tickets: StoredTickets): Promise<Bundle | null>;
}

/**
 * Seals the files of tickets as JWE (RFC 7516): a copy of the database opens no file.
 *
 * @param key 64 random bytes, the same in every process of a deployment
 */
export function createTicketSeal(key: Uint8Array): TicketSeal {
  return {
    seal(hash, { bearer, seenAt, files }) {
      const claims: Claims = {
        hash: hash.toString('base64url'),
        workspace: bearer.workspaceId,
        credential: bearer.credential,
        connection: bearer.connectionId,
        principal: bearer.principalId,
        seen: seenAt.getTime(),
        files: [...files].map(([secret, { url, holder, source, expiresAt }]) => {
          return { secret, url, holder, source, expires: expiresAt.getTime() };
        }),
      };
      return new CompactEncrypt(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header).encrypt(key);
    },

    async open({ hash, workspaceId, credential, sealed }) {
      const claims = await decrypt(sealed, key);
      if (claims === null || claims.hash !== hash.toString('base64url')) return null;
      if (claims.workspace !== workspaceId || claims.credential !== credential) return null;
      const { connection: connectionId, principal: principalId, seen, files } = claims;
      return {
        bearer: { workspaceId, credential, connectionId, principalId },
        seenAt: new Date(seen),
        files: new Map(
          files.map(({ secret, expires, ...file }) => [secret, { ...file, expiresAt: new Date(expires) }]),
        ),
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
