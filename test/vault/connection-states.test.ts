import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import type { AttemptHolder } from '../../src/connect/connect-attempts.ts';
import type { ConnectionStatus } from '../../src/domain/connection.ts';
import { type ConnectionEvent, connectionStates } from '../../src/domain/connection-states.ts';
import { newId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createDisconnections } from '../../src/store/disconnections.ts';
import { createInstallations } from '../../src/store/installations.ts';
import { createStoredConnections } from '../../src/store/stored-connections.ts';
import { createTokenRefreshes } from '../../src/store/token-refreshes.ts';
import { tokenEntry } from '../../src/vault/refresh/entries.ts';
import {
  aConnection,
  type Custody,
  openCustody,
  openVault,
  type Sealed,
  storedTokens,
  type Vault,
} from './a-custody.ts';

const statuses: Record<ConnectionStatus, true> = {
  pending: true,
  active: true,
  refreshing: true,
  suspect: true,
  needs_reauth: true,
  needs_reregister: true,
  undecryptable: true,
  revoking: true,
  revoked: true,
};
const generation = 1;
const attemptId = 'att_00000000-0000-7000-8000-000000000000';
const reason = 'a test';

/** The table of connectionStates.transitions as the database lives it: each event by the operation that carries it out. */
describe('the states of a connection, in the database', () => {
  let custody: Custody;
  let vault: Vault;
  before(async () => {
    custody = await openCustody();
    vault = await openVault(custody, [await custody.file('root.key')]);
  });
  after(() => custody.close());

  for (const status of Object.keys(statuses) as ConnectionStatus[]) {
    for (const event of Object.keys(connectionStates.transitions) as ConnectionEvent[]) {
      const to = connectionStates.stateAfter(status, event);
      it(`${status}: ${event} ${to === null ? 'is refused' : `leads to ${to}`}`, async () => {
        const place = await connectionIn(status);
        const [row, told] = [await rowOf(place), await toldOf(place)];
        await carryOut[event](place);
        if (to === null) assert.deepEqual([await rowOf(place), await toldOf(place)], [row, told]);
        else assert.equal((await rowOf(place)).status, to);
        // Giving up what was never in use is the log's business when it is buried.
        if (to !== null && event !== 'abandoned') assert.ok((await toldOf(place)) > told, 'the log does not know');
      });
    }
  }

  const carryOut: Record<ConnectionEvent, (place: Sealed) => Promise<unknown>> = {
    confirmed: async place => installations().confirm(place.connectionId, await waiting(place), () => entry(place)),
    abandoned: async place => installations().abandon(place.connectionId, await waiting(place)),
    refresh_started: place =>
      refreshes().begin({ ...place, attemptId: newId('att'), generation }, 60_000, entry(place)),
    refreshed: async place =>
      refreshes().complete(attempt(place), { tokens: await newTokens(place), endsAt: null }, entry(place)),
    refresh_postponed: place =>
      refreshes().postpone(
        attempt(place),
        { said: 'turned_away', problem: reason, fault: null, retryAfterMs: 1 },
        entry(place),
      ),
    lease_expired: place => refreshes().doubt(attempt(place), 1, entry(place)),
    grant_refused: place => refreshes().refuse(attempt(place), { event: 'grant_refused', reason }, [entry(place)]),
    client_refused: place => refreshes().refuse(attempt(place), { event: 'client_refused', reason }, [entry(place)]),
    token_refused: place => change(place, 'token_refused'),
    cannot_open: place => change(place, 'cannot_open'),
    key_destroyed: place => custody.endings.destroyWorkspace(place.workspaceId),
    async opened_again(place) {
      const stored = await storedTokens(custody.database, place);
      const values = stored.map(({ field, sealed, kid }) => {
        return { key: { field }, workspaceId: place.workspaceId, binding: {}, sealed, kid };
      });
      return custody.undecryptable.reopen({ ...place, generation, values });
    },
    disconnected: place => disconnections().block(place, custody.userId, () => entry(place)),
    async buried(place) {
      const { bot_id: botId } = await rowOf(place);
      const end = { ...place, notionWorkspaceId: 'n', botId, reason: 'disconnected', by: custody.userId } as const;
      return disconnections().bury(end, reason, entry(place));
    },
  };

  const refreshes = () => createTokenRefreshes(custody.database, custody.entries);
  const installations = () => createInstallations(custody.database, custody.entries, compilePolicy, () => new Date());
  const disconnections = () => createDisconnections(custody.database, custody.entries);
  const entry = (place: Sealed) => tokenEntry('connection.refreshed', place, 'success', {});
  const attempt = (place: Sealed) =>
    ({ ...place, attemptId, generation, nextGeneration: 2, startedAt: new Date(), registrationId: null }) as const;

  function change(place: Sealed, event: ConnectionEvent): Promise<boolean> {
    const connections = createStoredConnections(custody.database, custody.entries);
    return connections.changeStatus({ ...place, generation, event, reason }, [entry(place)]);
  }

  /** With an attempt whose time is over, which is when each event could happen. */
  async function connectionIn(status: ConnectionStatus): Promise<Sealed> {
    const place = await aConnection(custody, vault);
    const past = sql<Date>`now() - interval '1 minute'`;
    const connection = custody.database.system.updateTable('connection').where('id', '=', place.connectionId);
    await connection.set({ status, attempt_id: attemptId, lease_until: past }).execute();
    return place;
  }

  async function rowOf({ connectionId }: Sealed) {
    const connection = custody.database.system.selectFrom('connection').selectAll().where('id', '=', connectionId);
    return connection.executeTakeFirstOrThrow();
  }

  async function toldOf({ workspaceId }: Sealed): Promise<number> {
    const entries = custody.database.system.selectFrom('audit_entry').select('id');
    return (await entries.where('workspace_id', '=', workspaceId).execute()).length;
  }

  async function newTokens({ workspaceId, connectionId }: Sealed) {
    const tokens = { accessToken: new Secret('a'), refreshToken: new Secret('r') };
    return (await vault.seal.forWorkspace(workspaceId)).seal(connectionId, 2, tokens);
  }

  /** A person has just come back from Notion with tokens for it. */
  async function waiting({ workspaceId, connectionId }: Sealed): Promise<AttemptHolder> {
    const holder = { sessionHash: randomBytes(32), userId: custody.userId };
    const now = sql<Date>`now()`;
    await custody.database.system
      .insertInto('connect_attempt')
      .values({
        state_hash: randomBytes(32),
        session_hash: holder.sessionHash,
        user_id: holder.userId,
        kind: 'rest',
        target_workspace_id: workspaceId,
        redirect_uri: 'http://127.0.0.1:1/callback',
        registration_id: null,
        sealed: null,
        created_at: now,
        expires_at: now,
        used_at: now,
        made_workspace_id: workspaceId,
        made_connection_id: connectionId,
        made_generation: generation,
        state: 'waiting',
      })
      .execute();
    return holder;
  }
});
