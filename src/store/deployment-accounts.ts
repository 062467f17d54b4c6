import { sql, type Transaction } from 'kysely';
import type { DeploymentAccounts, UserAccount } from '../accounts/account-store.ts';
import { isAction } from '../domain/action.ts';
import { dayMs } from '../domain/units.ts';
import type { Schema } from './schema.ts';
import { workspaceAccounts } from './workspace-accounts.ts';

type Tx = Transaction<Schema>;

/** Ended sessions and links are kept this long, for people who look into an incident. The log keeps what they did. */
const keptMs = 30 * dayMs;

/** Key of the advisory lock on the list of all people. */
const peopleLock = 0x50454f50;

/** First half of the keys of the advisory locks on single addresses. */
const addressLock = 0x41444452;

/** People, their sessions and their links, in a transaction across workspaces. */
export function deploymentAccounts(tx: Tx): DeploymentAccounts {
  return {
    within: workspaceId => workspaceAccounts(tx, workspaceId),
    ...locks(tx),
    ...people(tx),
    ...endings(tx),
    ...sessions(tx),
    ...links(tx),
  };
}

function locks(tx: Tx): Pick<DeploymentAccounts, 'lockPeople' | 'lockUser' | 'lockAddress'> {
  return {
    async lockPeople() {
      await sql`SELECT pg_advisory_xact_lock(${peopleLock})`.execute(tx);
    },
    async lockAddress(email) {
      await sql`SELECT pg_advisory_xact_lock(${addressLock}, hashtext(${email}))`.execute(tx);
    },
    async lockUser(id, also) {
      const agents = tx.selectFrom('agent').where('owner_id', '=', id).select('id');
      await tx
        .selectFrom('principal')
        .where(eb => (also === 'agents' ? eb.or([eb('id', '=', id), eb('id', 'in', agents)]) : eb('id', '=', id)))
        .orderBy('id')
        .select('id')
        .forNoKeyUpdate()
        .execute();
    },
  };
}

type PeopleQueries =
  | 'users'
  | 'user'
  | 'usersNamed'
  | 'userBySignIn'
  | 'addUser'
  | 'setDisabled'
  | 'setDeploymentRights'
  | 'setPassword'
  | 'proveEmail'
  | 'offerOf'
  | 'workspaceName'
  | 'workspacesOf';

function people(tx: Tx): Pick<DeploymentAccounts, PeopleQueries> {
  return {
    users: async () =>
      (await selectUsers(tx).orderBy('user_account.created_at').orderBy('user_account.id').execute()).map(toUser),
    async user(id) {
      const row = await selectUsers(tx).where('user_account.id', '=', id).executeTakeFirst();
      return row === undefined ? null : toUser(row);
    },
    async usersNamed(email, max) {
      const rows = await selectUsers(tx)
        .where('user_account.email', '=', email)
        .orderBy('user_account.email_proven_at', order => order.asc().nullsLast())
        .orderBy('user_account.created_at')
        .orderBy('user_account.id')
        .limit(max)
        .execute();
      return rows.map(toUser);
    },
    async userBySignIn(email, passwordHash) {
      const row = await selectUsers(tx)
        .where('user_account.email', '=', email)
        .where('user_account.password_hash', '=', passwordHash)
        .executeTakeFirst();
      return row === undefined ? null : toUser(row);
    },
    async addUser({ id, email, name, passwordHash, deploymentRights }) {
      await tx.insertInto('principal').values({ id, kind: 'user', disabled_at: null }).execute();
      await tx
        .insertInto('user_account')
        .values({
          id,
          email,
          name,
          password_hash: passwordHash,
          email_proven_at: null,
          deployment_rights: [...deploymentRights],
        })
        .execute();
    },
    async setDisabled(id, at) {
      await tx.updateTable('principal').set({ disabled_at: at }).where('id', '=', id).execute();
    },
    async setDeploymentRights(id, rights) {
      await tx
        .updateTable('user_account')
        .set({ deployment_rights: [...rights] })
        .where('id', '=', id)
        .execute();
    },
    async setPassword(id, hash) {
      await tx.updateTable('user_account').set({ password_hash: hash }).where('id', '=', id).execute();
    },
    async proveEmail(id, at) {
      await tx
        .updateTable('user_account as account')
        .set({ email_proven_at: at })
        .where('account.id', '=', id)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('user_account as other')
                .whereRef('other.email', '=', 'account.email')
                .where('other.email_proven_at', 'is not', null)
                .select('other.id'),
            ),
          ),
        )
        .execute();
    },
    async offerOf(hash, at) {
      const row = await tx
        .selectFrom('invitation')
        .innerJoin('workspace', 'workspace.id', 'invitation.workspace_id')
        .where('invitation.hash', '=', hash)
        .where('invitation.accepted_at', 'is', null)
        .where('invitation.withdrawn_at', 'is', null)
        .where('invitation.expires_at', '>', at)
        .select([
          'invitation.id',
          'invitation.workspace_id',
          'workspace.name',
          'invitation.email',
          'invitation.role',
          'invitation.mailed',
        ])
        .executeTakeFirst();
      if (row === undefined) return null;
      const { id, workspace_id: workspaceId, name: workspaceName, email, role, mailed } = row;
      return { id, workspaceId, workspaceName, email, role, mailed };
    },
    async workspaceName(id) {
      return (await tx.selectFrom('workspace').where('id', '=', id).select('name').executeTakeFirstOrThrow()).name;
    },
    async workspacesOf(id) {
      const rows = await tx.selectFrom('membership').where('principal_id', '=', id).select('workspace_id').execute();
      return rows.map(row => row.workspace_id);
    },
  };
}

function selectUsers(tx: Tx) {
  return tx
    .selectFrom('user_account')
    .innerJoin('principal', 'principal.id', 'user_account.id')
    .select([
      'user_account.id',
      'user_account.email',
      'user_account.name',
      'user_account.deployment_rights',
      'user_account.password_hash',
      'user_account.email_proven_at',
      'user_account.created_at',
      'principal.disabled_at',
    ]);
}

type UserRow = Awaited<ReturnType<ReturnType<typeof selectUsers>['execute']>>[number];

function toUser(row: UserRow): UserAccount {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    deploymentRights: new Set(row.deployment_rights.filter(isAction)),
    disabled: row.disabled_at !== null,
    passwordHash: row.password_hash,
    emailProvenAt: row.email_proven_at,
    createdAt: row.created_at,
  };
}

function endings(tx: Tx): Pick<DeploymentAccounts, 'revokeKeysOf' | 'revokeConsentsOf' | 'suspendAgentsOf'> {
  return {
    async revokeConsentsOf(id, at) {
      await tx
        .updateTable('consent')
        .set({ revoked_at: at })
        .where('user_id', '=', id)
        .where('revoked_at', 'is', null)
        .execute();
    },
    async revokeKeysOf(id, at) {
      await tx
        .updateTable('api_key')
        .set({ revoked_at: at })
        .where('principal_id', '=', id)
        .where('revoked_at', 'is', null)
        .execute();
    },
    async suspendAgentsOf(id, at) {
      await tx
        .updateTable('agent')
        .set({ suspended_at: at, suspended_because: 'owner_gone' })
        .where('owner_id', '=', id)
        .where('suspended_at', 'is', null)
        .execute();
    },
  };
}

type SessionQueries = 'addSession' | 'sessionsOf' | 'endSession' | 'endSessionByHash' | 'endSessionsOf';

function sessions(tx: Tx): Pick<DeploymentAccounts, SessionQueries> {
  return {
    async addSession(session) {
      const old = new Date(session.createdAt.getTime() - keptMs);
      await tx.deleteFrom('session').where('user_id', '=', session.userId).where('expires_at', '<', old).execute();
      await tx
        .insertInto('session')
        .values({
          id: session.id,
          hash: session.hash,
          user_id: session.userId,
          opened_by: session.openedBy,
          created_at: session.createdAt,
          last_seen_at: session.createdAt,
          idle_expires_at: session.idleExpiresAt,
          expires_at: session.expiresAt,
          ended_at: null,
          client_address: session.clientAddress,
          user_agent: session.userAgent,
        })
        .execute();
    },
    async sessionsOf(id, at) {
      const rows = await tx
        .selectFrom('session')
        .where('user_id', '=', id)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', at)
        .where('idle_expires_at', '>', at)
        .orderBy('created_at', 'desc')
        .selectAll()
        .execute();
      return rows.map(row => ({
        id: row.id,
        openedBy: row.opened_by,
        createdAt: row.created_at,
        lastSeenAt: row.last_seen_at,
        expiresAt: row.expires_at,
        clientAddress: row.client_address,
        userAgent: row.user_agent,
      }));
    },
    async endSession(userId, id, at) {
      const ended = await tx
        .updateTable('session')
        .set({ ended_at: at })
        .where('user_id', '=', userId)
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .executeTakeFirst();
      return ended.numUpdatedRows === 1n;
    },
    async endSessionByHash(hash, at) {
      const ended = await tx
        .updateTable('session')
        .set({ ended_at: at })
        .where('hash', '=', hash)
        .where('ended_at', 'is', null)
        .returning(['id', 'user_id'])
        .executeTakeFirst();
      return ended === undefined ? null : { id: ended.id, userId: ended.user_id };
    },
    async endSessionsOf(id, at, except) {
      const live = tx
        .updateTable('session')
        .set({ ended_at: at })
        .where('user_id', '=', id)
        .where('ended_at', 'is', null);
      const ended = await (except === undefined ? live : live.where('id', '<>', except)).executeTakeFirst();
      return Number(ended.numUpdatedRows);
    },
  };
}

function links(
  tx: Tx,
): Pick<DeploymentAccounts, 'addLink' | 'takeLink' | 'retireLinksOf' | 'retireLinksBy' | 'retireLinksMadeWith'> {
  return {
    async addLink(link) {
      const old = new Date(link.createdAt.getTime() - keptMs);
      await tx.deleteFrom('sign_in_link').where('user_id', '=', link.userId).where('expires_at', '<', old).execute();
      await tx
        .insertInto('sign_in_link')
        .values({
          hash: link.hash,
          user_id: link.userId,
          purpose: link.purpose,
          mailed: link.mailed,
          created_by: link.createdBy,
          made_with_key: link.madeWithKey,
          created_at: link.createdAt,
          expires_at: link.expiresAt,
          used_at: null,
        })
        .execute();
    },
    async takeLink(hash, at) {
      const taken = await tx
        .updateTable('sign_in_link')
        .set({ used_at: at })
        .where('hash', '=', hash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', at)
        .returning(['user_id', 'purpose', 'mailed'])
        .executeTakeFirst();
      return taken === undefined ? null : { userId: taken.user_id, purpose: taken.purpose, mailed: taken.mailed };
    },
    async retireLinksBy(author, at) {
      await tx
        .updateTable('sign_in_link')
        .set({ used_at: at })
        .where('created_by', '=', author)
        .where('used_at', 'is', null)
        .execute();
    },
    async retireLinksMadeWith(key, at) {
      await tx
        .updateTable('sign_in_link')
        .set({ used_at: at })
        .where('made_with_key', '=', key)
        .where('used_at', 'is', null)
        .execute();
    },
    async retireLinksOf(id, at) {
      await tx
        .updateTable('sign_in_link')
        .set({ used_at: at })
        .where('user_id', '=', id)
        .where('used_at', 'is', null)
        .execute();
    },
  };
}
