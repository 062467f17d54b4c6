import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import type { ReceivedTokens } from '../../src/connect/installations.ts';
import { type AttemptEvent, attemptStates, type ConnectAttemptState } from '../../src/domain/attempt-states.ts';
import type { ConnectionId, RegistrationId } from '../../src/domain/ids.ts';
import { newId } from '../../src/domain/ids.ts';
import { type JobEvent, type JobState, jobStates } from '../../src/domain/job-states.ts';
import { createConnectAttempts } from '../../src/store/connect-attempts.ts';
import { createInstallations } from '../../src/store/installations.ts';
import { createJobs } from '../../src/store/jobs.ts';
import { tokenEntry } from '../../src/vault/refresh/entries.ts';
import {
  aConnection,
  type Custody,
  openCustody,
  openVault,
  type Sealed,
  tokensOf,
  type Vault,
} from '../vault/a-custody.ts';

let custody: Custody;
let vault: Vault;
before(async () => {
  custody = await openCustody();
  vault = await openVault(custody, [await custody.file('root.key')]);
});
after(() => custody.close());

const system = () => custody.database.system;
const now = sql<Date>`now()`;

/** The table as the database lives it: each event by the operation that carries it out. */
describe('the states of an attempt to connect, in the database', () => {
  interface Attempt {
    readonly place: Sealed;
    readonly stateHash: Buffer;
    readonly sessionHash: Buffer;
    readonly registrationId: RegistrationId;
  }

  /** Rows are there in these; an attempt that has ended has none. */
  const states = ['asking', 'redeeming', 'waiting', 'confirmed'] as const satisfies ConnectAttemptState[];

  for (const state of states) {
    for (const event of Object.keys(attemptStates.transitions) as AttemptEvent[]) {
      const to = attemptStates.stateAfter(state, event);
      it(`${state}: ${event} ${to === null ? 'changes nothing' : `leads to ${to}`}`, async () => {
        const attempt = await attemptIn(state);
        const row = await rowOf(attempt);
        await carryOut[event](attempt);
        if (to === null) assert.deepEqual(await rowOf(attempt), row);
        else assert.equal((await rowOf(attempt))?.state ?? 'ended', to);
      });
    }
  }

  const carryOut: Record<AttemptEvent, (attempt: Attempt) => Promise<unknown>> = {
    came_back: ({ stateHash, ...holder }) => attempts().claim('mcp', stateHash, { ...holder, userId: custody.userId }),
    tokens_stored: attempt => store(attempt, attempt.stateHash),
    confirmed: ({ place, sessionHash }) =>
      installations().confirm(place.connectionId, { sessionHash, userId: custody.userId }, () =>
        tokenEntry('connection.refreshed', place, 'success', {}),
      ),
    failed: ({ stateHash }) => attempts().drop(stateHash, 'interrupted'),
    async replaced(attempt) {
      const { registrationId } = attempt;
      const stateHash = randomBytes(32);
      const holder = { sessionHash: randomBytes(32), userId: custody.userId };
      const opened = { ...holder, kind: 'mcp', stateHash, redirectUri: '', registrationId, sealed: null } as const;
      await attempts().open({ ...opened, workspaceId: attempt.place.workspaceId });
      await attempts().claim('mcp', stateHash, holder);
      await store(attempt, stateHash);
    },
    abandoned: ({ place, sessionHash }) =>
      installations().abandon(place.connectionId, { sessionHash, userId: custody.userId }),
    async forgotten({ stateHash }) {
      const expired = sql<Date>`now() - interval '1 day'`;
      await system()
        .updateTable('connect_attempt')
        .set({ expires_at: expired })
        .where('state_hash', '=', stateHash)
        .execute();
      await attempts().purge();
      await system()
        .updateTable('connect_attempt')
        .set({ expires_at: later })
        .where('state_hash', '=', stateHash)
        .execute();
    },
  };

  const later = new Date(Date.now() + 600_000);
  const attempts = () => createConnectAttempts(custody.database);
  const installations = () => createInstallations(custody.database, custody.entries, compilePolicy, () => new Date());

  /** Tokens come back for an attempt; false where it is not the attempt's turn. */
  async function store({ place, registrationId }: Attempt, stateHash: Buffer): Promise<unknown> {
    const { bot_id: botId, origin, notion_owner_id: ownerId } = await connectionRow(place.connectionId);
    const installation = {
      tokens: tokensOf(place.connectionId),
      botId,
      notionWorkspaceId: randomUUID(),
      workspaceName: null,
      workspaceIcon: null,
      owner: { id: ownerId ?? '', name: null },
    };
    const received: ReceivedTokens = {
      kind: 'mcp',
      stateHash,
      userId: custody.userId,
      origin,
      clientId: 'client',
      registrationId,
      audience: 'owner',
      installation,
    };
    const sealer = await vault.seal.forWorkspace(place.workspaceId);
    return installations()
      .addTokens(received, place.workspaceId, (id, generation) => sealer.seal(id, generation, installation.tokens))
      .catch((error: Error) => assert.match(error.message, /ended while Notion was asked/));
  }

  async function attemptIn(state: (typeof states)[number]): Promise<Attempt> {
    const place = await aConnection(custody, vault);
    const owner = { kind: 'mcp', audience: 'owner', notion_owner_id: randomUUID() } as const;
    await system().updateTable('connection').set(owner).where('id', '=', place.connectionId).execute();
    const registrationId = newId('reg');
    await system()
      .insertInto('client_registration')
      .values({
        id: registrationId,
        user_id: custody.userId,
        issuer: 'https://as.example',
        source: 'dynamic',
        client_id: registrationId,
        auth_method: 'none',
        sealed_secret: null,
        secret_expires_at: null,
        redirect_uri: '',
        resource: '',
        scope: null,
        management_uri: null,
        sealed_management_token: null,
      })
      .execute();
    const attempt = { place, registrationId, stateHash: randomBytes(32), sessionHash: randomBytes(32) };
    const isMade = state === 'waiting' || state === 'confirmed';
    await system()
      .insertInto('connect_attempt')
      .values({
        state,
        state_hash: attempt.stateHash,
        session_hash: attempt.sessionHash,
        user_id: custody.userId,
        kind: 'mcp',
        target_workspace_id: place.workspaceId,
        redirect_uri: '',
        registration_id: registrationId,
        sealed: null,
        created_at: now,
        expires_at: later,
        used_at: state === 'asking' ? null : now,
        made_workspace_id: isMade ? place.workspaceId : null,
        made_connection_id: isMade ? place.connectionId : null,
        made_generation: isMade ? 1 : null,
      })
      .execute();
    return attempt;
  }

  function rowOf({ stateHash }: Attempt) {
    return system().selectFrom('connect_attempt').selectAll().where('state_hash', '=', stateHash).executeTakeFirst();
  }

  function connectionRow(id: ConnectionId) {
    return system().selectFrom('connection').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  }
});

describe('the states of a job, in the database', () => {
  const states = ['waiting', 'running', 'done'] as const satisfies JobState[];

  for (const state of states) {
    for (const event of Object.keys(jobStates.transitions) as JobEvent[]) {
      const to = jobStates.stateAfter(state, event);
      it(`${state}: ${event} ${to === null ? 'changes nothing' : `leads to ${to}`}`, async () => {
        const id = newId('job');
        const done_at = state === 'done' ? now : null;
        const row = { id, workspace_id: null, kind: id, payload: '{}', state, run_at: now, done_at };
        await system().insertInto('job').values(row).execute();
        const before = await rowOf();
        const jobs = createJobs(custody.database);
        const carryOut: Record<JobEvent, () => Promise<unknown>> = {
          claimed: () => jobs.claim([id]),
          postponed: () => jobs.note(id, 'error', 1),
          finished: () => jobs.finish(id),
        };
        await carryOut[event]();
        if (to === null) assert.deepEqual(await rowOf(), before);
        else assert.equal((await rowOf()).state, to);

        function rowOf() {
          return system().selectFrom('job').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
        }
      });
    }
  }
});
