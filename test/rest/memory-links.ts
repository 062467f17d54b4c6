import { createCredentialHasher } from '../../src/domain/credential-hash.ts';
import type { FileHolder, SharingEvidence } from '../../src/domain/file-links.ts';
import type { ConnectionId } from '../../src/domain/ids.ts';
import type { Now } from '../../src/domain/units.ts';
import { createFileLinks } from '../../src/withhold/file-links.ts';
import type { StoredTickets } from '../../src/withhold/file-ticket-store.ts';
import { createTicketSeal } from '../../src/withhold/ticket-seal.ts';

/** Links whose tickets are kept in memory; PostgreSQL's are tested beside it. */
export function memoryLinks(now: Now, cacheMax?: number) {
  const rows = new Map<string, StoredTickets>();
  /** How many rows each write brought. */
  const writes: number[] = [];
  const links = createFileLinks({
    store: {
      async add(_workspaceId, tickets) {
        writes.push(tickets.length);
        for (const ticket of tickets) rows.set(ticket.hash.toString('hex'), ticket);
      },
      async find(hashes, at) {
        return hashes.flatMap(hash => rows.get(hash.toString('hex')) ?? []).filter(({ expiresAt }) => expiresAt > at);
      },
    },
    seal: createTicketSeal(Buffer.alloc(64, 7)),
    hashCredential: createCredentialHasher(Buffer.alloc(32, 7)),
    now,
    ...(cacheMax !== undefined && { cacheMax }),
  });
  return { links, rows, writes };
}

/** Keeps what was seen and what was missed, as `connection kind id`. */
export function recordedEvidence() {
  const seen: string[] = [];
  const missed: string[] = [];
  const spelled = (connectionId: ConnectionId, { kind, id }: FileHolder) => `${connectionId} ${kind} ${id}`;
  const evidence: SharingEvidence = {
    seen: (connectionId, source) => void seen.push(spelled(connectionId, source)),
    missed: (connectionId, source) => void missed.push(spelled(connectionId, source)),
  };
  return { evidence, seen, missed };
}
