import { sql } from 'kysely';
import type { OAuthRecordStore } from '../oauth-server/record-store.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Records of the authorization server, as the system: before a code is known, so is not the workspace. */
export function createOAuthRecords({ system }: Pick<Database<Schema>, 'system'>): OAuthRecordStore {
  return {
    async put({ kind, hash, payload, consentId, grantId, expiresAt }) {
      const row = { payload: JSON.stringify(payload), consent_id: consentId, grant_id: grantId, expires_at: expiresAt };
      await system
        .insertInto('oauth_record')
        .values({ kind, hash, ...row, consumed_at: null })
        .onConflict(conflict => conflict.columns(['kind', 'hash']).doUpdateSet(row))
        .execute();
    },
    async find(kind, hash, at) {
      const row = await system
        .selectFrom('oauth_record')
        .where('kind', '=', kind)
        .where('hash', '=', hash)
        .where('expires_at', '>', at)
        .select(['payload', 'consumed_at'])
        .executeTakeFirst();
      return row === undefined
        ? null
        : { payload: row.payload as Record<string, unknown>, consumedAt: row.consumed_at };
    },
    async consume(kind, hash, at) {
      const { numUpdatedRows } = await system
        .updateTable('oauth_record')
        .set({ consumed_at: at })
        .where('kind', '=', kind)
        .where('hash', '=', hash)
        .where('consumed_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    async remove(kind, hash) {
      await system.deleteFrom('oauth_record').where('kind', '=', kind).where('hash', '=', hash).execute();
    },
    endGrant: (grantId, at) =>
      system.transaction().execute(async tx => {
        const removed = await tx
          .deleteFrom('oauth_record')
          .where('grant_id', '=', grantId)
          .returning('consent_id')
          .execute();
        const id = removed.find(row => row.consent_id !== null)?.consent_id ?? null;
        if (id === null) return null;
        const ended = await tx
          .updateTable('consent')
          .set({ revoked_at: at })
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .returning(['id', 'workspace_id as workspaceId', 'user_id as userId'])
          .executeTakeFirst();
        return ended ?? null;
      }),
    async registeredSince(network, since) {
      const { rows } = await sql<{ count: number }>`
        SELECT count(*) FROM oauth_record
         WHERE kind = 'Client' AND created_at > ${since} AND payload ->> 'registered_from' = ${network}`.execute(
        system,
      );
      return Number(rows[0]?.count ?? 0);
    },
    async keepClient(hash, until) {
      await system
        .updateTable('oauth_record')
        .set({ expires_at: sql<Date>`greatest(expires_at, ${until})` })
        .where('kind', '=', 'Client')
        .where('hash', '=', hash)
        .execute();
    },
    async removeExpired(at) {
      await system.deleteFrom('oauth_record').where('expires_at', '<', at).execute();
    },
  };
}
