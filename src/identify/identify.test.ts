import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openPeople, type People, signedIn, tokenOf } from '../../test/people.ts';
import { mintApiKey } from '../domain/api-key.ts';
import type { UserId, WorkspaceId } from '../domain/ids.ts';
import type { Credentials } from '../domain/principal.ts';
import { sessionIdleMs, sessionMsMax } from '../domain/session-lifetime.ts';
import { dayMs, hourMs, minuteMs } from '../domain/units.ts';
import type { CredentialStore } from './credential-store.ts';
import { createIdentify } from './identify.ts';

const bearer = (token: string): Credentials => ({ kind: 'bearer', token });
const session = (token: string): Credentials => ({ kind: 'session', token });

describe('identify', () => {
  let people: People;
  let workspace: WorkspaceId;
  let user: UserId;
  before(async () => {
    people = await openPeople();
    workspace = await people.aWorkspace();
    user = await people.aMember(workspace, 'editor');
  });
  after(() => people.close());

  const mint = async (limitTo?: 'viewer', expiresInDays?: number) =>
    (await people.accounts.keys.mint(signedIn(user), workspace, { name: 'a key', limitTo, expiresInDays })).secret;

  async function openSession(): Promise<string> {
    const token = tokenOf(await people.accounts.links.issue(user, 'recovery'));
    const client = { address: '192.0.2.1', userAgent: 'test', oldToken: null };
    const result = await people.accounts.signIn.withLink(token, client);
    assert.equal(result.kind, 'opened');
    return result.kind === 'opened' ? result.token : '';
  }

  const identified = (credentials: Credentials, by = people.identify) => by.identify({ credentials });
  async function whyNot(credentials: Credentials, by = people.identify) {
    const { principal } = await identified(credentials, by);
    return principal.kind === 'anonymous' ? principal.why : 'identified';
  }

  it('knows a key: its principal, its workspace, its ceiling, and no right in the deployment', async () => {
    const caller = await people.callerOf(await mint('viewer'));
    assert.deepEqual(caller.principal, { kind: 'user', id: user });
    assert.equal(caller.boundTo, workspace);
    assert.deepEqual([...(caller.ceiling ?? [])].sort(), ['comment.read', 'file.read', 'people.read', 'read']);
    assert.equal(caller.deploymentRights.size, 0);
    assert.match(String(caller.credential), /^key_/);
  });

  it("knows a key in the dress of Notion's tokens, and takes it for the same", async () => {
    const key = await mint();
    const plain = await identified(bearer(key));
    const dressed = await identified(bearer(`ntn_${key}`));
    assert.equal(dressed.credential, plain.credential);
    assert.equal(await whyNot(bearer(`ntn_${mintApiKey()}`)), 'unknown_credentials');
    people.identify.forget(bearer(`ntn_${key}`));
    assert.equal(await whyNot(bearer(`secret_${key}`)), 'malformed_credentials');
  });

  it('knows a session: its person, and no workspace', async () => {
    const caller = await identified(session(await openSession()));
    assert.deepEqual(caller.principal, { kind: 'user', id: user });
    assert.equal(caller.boundTo, null);
    assert.match(String(caller.credential), /^ses_/);
  });

  it('answers bad credentials with a reason instead of an error', async () => {
    assert.equal(await whyNot({ kind: 'none' }), 'no_credentials');
    assert.equal(await whyNot({ kind: 'malformed' }), 'malformed_credentials');
    assert.equal(await whyNot(bearer('secret_of_notion')), 'malformed_credentials');
    assert.equal(await whyNot(bearer(`${mintApiKey()}x`)), 'malformed_credentials');
    assert.equal(await whyNot(bearer(mintApiKey())), 'unknown_credentials');
    assert.equal(await whyNot(session('short')), 'malformed_credentials');
    assert.equal(await whyNot(session('A'.repeat(43))), 'unknown_credentials');
  });

  it('does not take a session for a key, nor a key for a session', async () => {
    assert.equal(await whyNot(bearer(await openSession())), 'malformed_credentials');
    assert.equal(await whyNot(session(await mint())), 'malformed_credentials');
  });

  it('judges expiry at every use, also of a key that it remembers', async () => {
    const key = await mint('viewer', 1);
    assert.equal(await whyNot(bearer(key)), 'identified');
    people.clock.advance(dayMs - 1);
    assert.equal(await whyNot(bearer(key)), 'identified');
    people.clock.advance(1);
    assert.equal(await whyNot(bearer(key)), 'expired_credentials');
  });

  it('ends a session that is not used, and puts that off while it is', async () => {
    const token = await openSession();
    for (let i = 0; i < 3; i++) {
      people.clock.advance(sessionIdleMs - minuteMs);
      assert.equal(await whyNot(session(token)), 'identified');
    }
    people.clock.advance(sessionIdleMs);
    assert.equal(await whyNot(session(token)), 'expired_credentials');
  });

  it('ends a session for good after its longest time, however much it is used', async () => {
    const token = await openSession();
    for (let passed = 0; passed < sessionMsMax - hourMs; passed += 10 * hourMs) {
      assert.equal(await whyNot(session(token)), 'identified');
      people.clock.advance(10 * hourMs);
    }
    people.clock.advance(hourMs);
    assert.equal(await whyNot(session(token)), 'expired_credentials');
  });

  it('lets a use at one instance keep the session alive at another', async () => {
    const token = await openSession();
    const other = people.anotherInstance();
    assert.equal(await whyNot(session(token), other), 'identified');
    people.clock.advance(sessionIdleMs - minuteMs);
    assert.equal(await whyNot(session(token)), 'identified');
    await people.identify.flush();
    people.clock.advance(2 * minuteMs);
    assert.equal(await whyNot(session(token), other), 'identified');
  });

  it('forgets the given credentials, and then sees the revocation', async () => {
    const { key, secret } = await people.accounts.keys.mint(signedIn(user), workspace, { name: 'to revoke' });
    const before = await people.callerOf(secret);
    await people.accounts.keys.revoke(signedIn(user), workspace, key.id);
    people.identify.forget(bearer(secret));
    assert.equal(await whyNot(bearer(secret)), 'revoked_credentials');
    assert.equal(before.principal.kind, 'user');
  });

  it('writes when a key was last used, in its own time', async () => {
    const { key, secret } = await people.accounts.keys.mint(signedIn(user), workspace, { name: 'used' });
    await people.callerOf(secret);
    await people.identify.flush();
    const listed = await people.accounts.keys.get(signedIn(user), workspace, key.id);
    assert.equal(listed.lastUsedAt?.getTime(), people.clock.now().getTime());
  });
});

describe('identify and its store', () => {
  const hashCredential = (_kind: string, secret: string) => Buffer.from(secret);

  function counting(find: CredentialStore['find']) {
    let finds = 0;
    const credentials: CredentialStore = {
      find: (kind, hash) => {
        finds++;
        return find(kind, hash);
      },
      noteUses: async () => {},
    };
    const identify = createIdentify({ credentials, hashCredential, now: () => new Date(), cacheMax: 2 });
    return { identify, finds: () => finds };
  }

  it('is not asked about nonsense', async () => {
    const { identify, finds } = counting(async () => null);
    await identify.identify({ credentials: bearer('pcl_nonsense') });
    await identify.identify({ credentials: session('nonsense') });
    assert.equal(finds(), 0);
    await identify.close();
  });

  it('is asked once about an unknown key, however often and however many at once', async () => {
    const { identify, finds } = counting(async () => null);
    const key = mintApiKey();
    await Promise.all(Array.from({ length: 50 }, () => identify.identify({ credentials: bearer(key) })));
    await identify.identify({ credentials: bearer(key) });
    assert.equal(finds(), 1);
    await identify.close();
  });

  it('remembers no more than it may', async () => {
    const { identify, finds } = counting(async () => null);
    const keys = Array.from({ length: 3 }, mintApiKey);
    for (const key of [...keys, ...keys]) await identify.identify({ credentials: bearer(key) });
    assert.equal(finds(), 6);
    await identify.close();
  });

  it('does not take an outage for an answer', async () => {
    let out = true;
    const { identify } = counting(async () => {
      if (out) throw new Error('connection refused');
      return null;
    });
    const key = mintApiKey();
    await assert.rejects(identify.identify({ credentials: bearer(key) }), { code: 'unavailable' });
    out = false;
    const { principal } = await identify.identify({ credentials: bearer(key) });
    assert.deepEqual(principal, { kind: 'anonymous', why: 'unknown_credentials' });
    await identify.close();
  });
});
