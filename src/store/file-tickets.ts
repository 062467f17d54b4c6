import { sql } from 'kysely';
import type { FileTicketStore } from '../withhold/file-ticket-store.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Most expired tickets that one statement deletes, so that no statement takes long. */
const sweptAtOnce = 10_000;

export interface SweptFileTickets extends FileTicketStore {
  /** Deletes expired tickets, and answers how many. */
  sweep(at: Date): Promise<number>;
}

/** Works as `portcullis_system`: before a ticket is known, so is not the workspace. */
export function createFileTickets({ system }: Pick<Database<Schema>, 'system'>): SweptFileTickets {
  return {
    /*
     * The commit does not wait for the disk. The outcome of the call is committed later, before the answer is released,
     * and makes this commit durable too. If a crash loses a ticket, no caller has received it.
     */
    async add(workspaceId, tickets) {
      await sql`
        INSERT INTO file_ticket (hash, workspace_id, credential_id, sealed, expires_at)
        SELECT ticket.hash, ${workspaceId}, ticket.credential_id, ticket.sealed, ticket.expires_at
          FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unsynced,
               unnest(
                 ${tickets.map(ticket => ticket.hash)}::bytea[],
                 ${tickets.map(ticket => ticket.credential)}::text[],
                 ${tickets.map(ticket => ticket.sealed)}::text[],
                 ${tickets.map(ticket => ticket.expiresAt)}::timestamptz[]
               ) AS ticket (hash, credential_id, sealed, expires_at)`.execute(system);
    },

    async find(hashes, at) {
      const rows = await system
        .selectFrom('file_ticket as ticket')
        .leftJoin('api_key as key', 'key.id', 'ticket.credential_id')
        .leftJoin('session', 'session.id', 'ticket.credential_id')
        .where('ticket.hash', '=', sql<Buffer>`ANY(${hashes}::bytea[])`)
        .where('ticket.expires_at', '>', at)
        .where(where =>
          where.or([
            where.and([where('key.revoked_at', 'is', null), where('key.expires_at', '>', at)]),
            where.and([
              where('session.ended_at', 'is', null),
              where('session.expires_at', '>', at),
              where('session.idle_expires_at', '>', at),
            ]),
          ]),
        )
        .selectAll('ticket')
        .execute();
      return rows.map(row => ({
        hash: row.hash,
        workspaceId: row.workspace_id,
        credential: row.credential_id,
        sealed: row.sealed,
        expiresAt: row.expires_at,
      }));
    },

    async sweep(at) {
      const { numAffectedRows } = await sql`
        DELETE FROM file_ticket WHERE hash IN (
          SELECT hash FROM file_ticket WHERE expires_at <= ${at} LIMIT ${sweptAtOnce})`.execute(system);
      return Number(numAffectedRows ?? 0n);
    },
  };
}
