import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { openPeople, type People, signedIn, tokenOf } from '../../test/people.ts';
import type { KeyId, SessionId, UserId, WorkspaceId } from '../domain/ids.ts';
import { minuteMs } from '../domain/units.ts';
import type { StoredTickets } from '../withhold/file-ticket-store.ts';
import { createFileTickets, type SweptFileTickets } from './file-tickets.ts';

describe('tickets for files in PostgreSQL', () => {
  let people: People;
  let tickets: SweptFileTickets;
  let workspace: WorkspaceId;
  let user: UserId;
  before(async () => {
    people = await openPeople();
    tickets = createFileTickets(people.database);
    workspace = await people.aWorkspace();
    user = await people.aMember(workspace, 'admin');
  });
  after(() => people.close());

  const now = () => people.clock.now();
  async function aKey(): Promise<KeyId> {
    return (await people.accounts.keys.mint(signedIn(user), workspace, { name: 'a key' })).key.id;
  }
  async function aSession(): Promise<{ token: string; id: SessionId }> {
    const client = { address: '192.0.2.1', userAgent: 'test', oldToken: null };
    const result = await people.accounts.signIn.withLink(
      tokenOf(await people.accounts.links.issue(user, 'recovery')),
      client,
    );
    assert.equal(result.kind, 'opened');
    const token = result.kind === 'opened' ? result.token : '';
    const caller = await people.identify.identify({ credentials: { kind: 'session', token } });
    return { token, id: caller.credential as SessionId };
  }
  async function add(credential: KeyId | SessionId, lastsMs = minuteMs, count = 1): Promise<StoredTickets[]> {
    const expiresAt = new Date(now().getTime() + lastsMs);
    const made = Array.from({ length: count }, () => ({
      ...{ hash: randomBytes(32), workspaceId: workspace, credential, expiresAt },
      sealed: randomBytes(40_000).toString('base64url'),
    }));
    await tickets.add(workspace, made);
    return made;
  }
  const found = (made: readonly StoredTickets[]) =>
    tickets.find(
      made.map(({ hash }) => hash),
      now(),
    );

  it('are found as they were stored, several at once, and nothing else is', async () => {
    const made = await add(await aKey(), minuteMs, 3);
    const byHash = (list: readonly StoredTickets[]) => list.toSorted((a, b) => Buffer.compare(a.hash, b.hash));
    assert.deepEqual(byHash(await found(made)), byHash(made));
    assert.deepEqual(await tickets.find([randomBytes(32)], now()), []);
    assert.deepEqual(await tickets.find([], now()), []);
  });

  it('end with their key', async () => {
    const key = await aKey();
    const made = await add(key);
    assert.equal((await found(made)).length, 1);
    await people.accounts.keys.revoke(signedIn(user), workspace, key);
    assert.deepEqual(await found(made), []);
  });

  it('end with their session', async () => {
    const session = await aSession();
    const made = await add(session.id);
    assert.equal((await found(made)).length, 1);
    await people.database.system.updateTable('session').set({ ended_at: now() }).where('id', '=', session.id).execute();
    assert.deepEqual(await found(made), []);
  });

  it('end in their time, and are swept away then', async () => {
    const key = await aKey();
    const short = await add(key, minuteMs, 2);
    const long = await add(key, 5 * minuteMs);
    people.clock.advance(minuteMs);
    assert.deepEqual(await found(short), []);
    const before = await tickets.sweep(now());
    assert.ok(before >= 2, String(before));
    assert.equal((await found(long)).length, 1);
    assert.equal(await tickets.sweep(now()), 0);
  });

  it('are out of reach for the role that works inside a workspace', async () => {
    for (const statement of [sql`SELECT FROM file_ticket`, sql`DELETE FROM file_ticket`]) {
      await assert.rejects(
        people.database.inWorkspace(workspace, tx => statement.execute(tx)),
        /permission denied/,
      );
    }
  });
});
