import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { openPeople, type People, tokenOf } from '../../test/people.ts';
import type { UserId } from '../domain/ids.ts';
import type { Caller } from '../domain/principal.ts';
import { sessionMsMax } from '../domain/session-lifetime.ts';
import { dayMs, minuteMs } from '../domain/units.ts';
import { passwordByLinkMs } from './sessions.ts';
import type { Client, SignInResult } from './sign-in.ts';
import {
  addressSubject,
  failuresOfStrangersMax,
  failuresPerAccountMax,
  failuresPerAddressMax,
  limitWindowMs,
} from './sign-in-limits.ts';

const password = 'correct horse battery';
let addresses = 0;
/** A browser at an address of its own. */
const aClient = (given: Partial<Client> = {}): Client => ({
  address: `198.51.100.${++addresses}`,
  userAgent: 'test',
  oldToken: null,
  ...given,
});

describe('signing in', () => {
  let people: People;
  before(async () => {
    people = await openPeople();
  });
  after(() => people.close());

  const signIn = () => people.accounts.signIn;

  function opened(result: SignInResult) {
    assert.equal(result.kind, 'opened', JSON.stringify(result));
    return result as Extract<SignInResult, { kind: 'opened' }>;
  }
  const refusal = (result: SignInResult) => (result.kind === 'refused' ? result.why : result.kind);
  const callerOf = async (token: string): Promise<Caller> => {
    people.identify.forget({ kind: 'session', token });
    return people.identify.identify({ credentials: { kind: 'session', token } });
  };

  async function byLink(id: UserId) {
    return opened(await signIn().withLink(tokenOf(await people.accounts.links.issue(id, 'recovery')), aClient()));
  }

  /** A person who has chosen the password above. */
  async function somebody(email: string): Promise<UserId> {
    const id = await people.aUser({ email });
    const { token } = await byLink(id);
    await people.accounts.sessions.setPassword(await callerOf(token), { password, clientAddress: aClient().address });
    return id;
  }

  it('takes the address in any case, and the password in any normal form', async () => {
    const id = await people.aUser({ email: 'zoe@acme.test' });
    const { token } = await byLink(id);
    const request = { password: 'Zo\u00eb likes horses', clientAddress: '192.0.2.1' };
    await people.accounts.sessions.setPassword(await callerOf(token), request);
    const result = await signIn().withPassword(' Zoe@Acme.test ', 'Zoe\u0308 likes horses', aClient());
    assert.equal(opened(result).user.id, id);
  });

  it('defect A23: a new session each time; the one that the browser came with ends', async () => {
    await somebody('rotate@acme.test');
    const first = opened(await signIn().withPassword('rotate@acme.test', password, aClient()));
    const again = aClient({ oldToken: first.token });
    const second = opened(await signIn().withPassword('rotate@acme.test', password, again));
    assert.notEqual(second.token, first.token);
    assert.deepEqual((await callerOf(first.token)).principal, { kind: 'anonymous', why: 'revoked_credentials' });
    assert.equal((await callerOf(second.token)).principal.kind, 'user');
  });

  it('keeps neither passwords nor session tokens', async () => {
    await somebody('kept@acme.test');
    const { token } = opened(await signIn().withPassword('kept@acme.test', password, aClient()));
    const { system } = people.database;
    const accounts = await system.selectFrom('user_account').selectAll().execute();
    const sessions = await system.selectFrom('session').selectAll().execute();
    const stored = JSON.stringify([accounts, sessions]);
    assert.ok(!stored.includes(password));
    assert.ok(!stored.includes(token));
    assert.ok(!stored.includes(Buffer.from(token, 'base64url').toString('hex')));
    assert.match(
      accounts.find(({ email }) => email === 'kept@acme.test')?.password_hash ?? '',
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/,
    );
  });

  it('refuses a wrong password, an unknown account, an account without password and a disabled one', async () => {
    const id = await somebody('known@acme.test');
    await people.aUser({ email: 'no-password@acme.test' });
    const attempt = async (email: string, typed: string) =>
      refusal(await signIn().withPassword(email, typed, aClient()));
    assert.equal(await attempt('known@acme.test', 'wrong password'), 'bad_password');
    assert.equal(await attempt('unknown@acme.test', password), 'unknown_account');
    assert.equal(await attempt('no-password@acme.test', 'the password of nobody'), 'bad_password');
    await people.database.system
      .updateTable('principal')
      .set({ disabled_at: new Date() })
      .where('id', '=', id)
      .execute();
    assert.equal(await attempt('known@acme.test', password), 'disabled_account');
  });

  it('limits guesses at an account from one address, and says how long to wait', async () => {
    await somebody('target@acme.test');
    const { address } = aClient();
    const guess = () => signIn().withPassword('target@acme.test', 'a wrong guess', aClient({ address }));
    for (let i = 0; i < failuresPerAccountMax; i++) assert.equal(refusal(await guess()), 'bad_password');
    const limited = await signIn().withPassword('TARGET@acme.test', password, aClient({ address }));
    assert.equal(refusal(limited), 'too_many_attempts');
    assert.ok(limited.kind === 'refused' && limited.noteworthy, 'the first is worth an entry');
    assert.ok((limited.retryAfterSeconds ?? 0) > 0 && (limited.retryAfterSeconds ?? 0) <= limitWindowMs / 1_000);
    const next = await guess();
    assert.ok(next.kind === 'refused' && !next.noteworthy, 'the rest are counted');
    people.clock.advance(limitWindowMs);
    opened(await signIn().withPassword('target@acme.test', password, aClient({ address })));
  });

  it('lets nobody lock out the owner of an account', async () => {
    await somebody('owner@acme.test');
    await somebody('other@acme.test');
    const other = opened(await signIn().withPassword('other@acme.test', password, aClient()));
    const own = opened(await signIn().withPassword('owner@acme.test', password, aClient()));
    // Wrong passwords of one stranger do not count against other clients.
    const stranger = aClient();
    for (let i = 0; i <= failuresPerAccountMax; i++) {
      await signIn().withPassword('owner@acme.test', 'a wrong guess', stranger);
    }
    opened(await signIn().withPassword('owner@acme.test', password, aClient()));
    // Those of very many do, but not against a browser that has signed in before.
    const account = `account:${people.hashCredential('account', 'owner@acme.test').toString('hex')}`;
    const windowStart = new Date(Math.floor(people.clock.now().getTime() / limitWindowMs) * limitWindowMs);
    await people.database.system
      .insertInto('sign_in_failure')
      .values({ subject: account, window_start: windowStart, count: failuresOfStrangersMax })
      .onConflict(conflict =>
        conflict.columns(['subject', 'window_start']).doUpdateSet({ count: failuresOfStrangersMax }),
      )
      .execute();
    const unknown = await signIn().withPassword('owner@acme.test', password, aClient());
    assert.equal(refusal(unknown), 'too_many_attempts');
    for (const device of ['', 'x', `${own.device}x`, other.device]) {
      const forged = await signIn().withPassword('owner@acme.test', password, aClient({ device }));
      assert.equal(refusal(forged), 'too_many_attempts', 'another device is a stranger');
    }
    opened(await signIn().withPassword('owner@acme.test', password, aClient({ device: own.device })));
  });

  it('counts before it compares, so that many at once do not slip through', async () => {
    await somebody('storm@acme.test');
    const { address } = aClient();
    const guesses = Array.from({ length: 3 * failuresPerAccountMax }, () =>
      signIn().withPassword('storm@acme.test', 'a wrong guess', aClient({ address })),
    );
    const compared = (await Promise.all(guesses)).filter(result => refusal(result) === 'bad_password');
    assert.equal(compared.length, failuresPerAccountMax);
  });

  it('limits guesses by address, whatever accounts they try', async () => {
    const { address } = aClient();
    for (let i = 0; i < failuresPerAddressMax; i++) {
      assert.equal(refusal(await signIn().malformed(aClient({ address }))), 'malformed');
    }
    await somebody('neighbour@acme.test');
    const here = await signIn().withPassword('neighbour@acme.test', password, aClient({ address }));
    assert.equal(refusal(here), 'too_many_attempts');
    opened(await signIn().withPassword('neighbour@acme.test', password, aClient()));
  });

  it('does not count successes', async () => {
    await somebody('busy@acme.test');
    const { address } = aClient();
    for (let i = 0; i < failuresPerAccountMax + 2; i++) {
      opened(await signIn().withPassword('busy@acme.test', password, aClient({ address })));
    }
  });

  it('counts one /64 of IPv6 addresses as one', () => {
    assert.equal(addressSubject('2001:db8:0:1::1'), addressSubject('2001:0DB8::1:ffff:0:0:1'));
    assert.notEqual(addressSubject('2001:db8:0:1::1'), addressSubject('2001:db8:0:2::1'));
    assert.equal(addressSubject('::ffff:192.0.2.7'), addressSubject('192.0.2.7'));
    assert.notEqual(addressSubject('192.0.2.7'), addressSubject('192.0.2.8'));
    assert.equal(addressSubject('::1'), 'address:0:0:0:0::/64');
    assert.equal(addressSubject('fe80::1%eth0'), addressSubject('fe80::2'));
  });

  it('ends a session when its person signs out', async () => {
    await somebody('leaver@acme.test');
    const { token, sessionId } = opened(await signIn().withPassword('leaver@acme.test', password, aClient()));
    assert.equal((await signIn().signOut(token))?.id, sessionId);
    assert.equal((await callerOf(token)).principal.kind, 'anonymous');
    assert.equal(await signIn().signOut(token), null);
  });

  describe('and choosing a password', () => {
    const choose = async (token: string, given: { password: string; currentPassword?: string }) =>
      people.accounts.sessions.setPassword(await callerOf(token), { ...given, clientAddress: '192.0.2.1' });

    it('takes the old one, unless one has just come by a link', async () => {
      const id = await somebody('chooser@acme.test');
      const { token } = opened(await signIn().withPassword('chooser@acme.test', password, aClient()));
      await assert.rejects(choose(token, { password: 'another password' }), { code: 'restricted' });
      await assert.rejects(choose(token, { password: 'another password', currentPassword: 'wrong' }), {
        code: 'restricted',
      });
      await choose(token, { password: 'another password', currentPassword: password });

      const linked = await byLink(id);
      assert.equal(linked.passwordNeeded, true);
      await choose(linked.token, { password: 'a third password' });
      people.clock.advance(passwordByLinkMs + minuteMs);
      await assert.rejects(choose(linked.token, { password: 'a fourth password' }), { code: 'restricted' });
    });

    it('refuses short and endless ones', async () => {
      const { token } = await byLink(await people.aUser());
      for (const bad of ['', 'eleven char', '🐎'.repeat(11), 'x'.repeat(257)]) {
        await assert.rejects(choose(token, { password: bad }), { code: 'validation_error' });
      }
      await choose(token, { password: '🐎'.repeat(12) });
    });

    it('ends all other sessions and links of that person, and not this session', async () => {
      const id = await somebody('elsewhere@acme.test');
      const other = opened(await signIn().withPassword('elsewhere@acme.test', password, aClient()));
      const here = opened(await signIn().withPassword('elsewhere@acme.test', password, aClient()));
      const link = await people.accounts.links.issue(id, 'recovery');
      await choose(here.token, { password: 'another password', currentPassword: password });
      assert.equal((await callerOf(other.token)).principal.kind, 'anonymous');
      assert.equal((await callerOf(here.token)).principal.kind, 'user');
      assert.equal(refusal(await signIn().withLink(tokenOf(link), aClient())), 'bad_link');
    });

    it('limits guessing the old one', async () => {
      await somebody('open-browser@acme.test');
      const { token } = opened(await signIn().withPassword('open-browser@acme.test', password, aClient()));
      const guess = () => choose(token, { password: 'another password', currentPassword: 'a wrong guess' });
      for (let i = 0; i < failuresPerAccountMax; i++) await assert.rejects(guess(), { code: 'restricted' });
      await assert.rejects(guess(), { code: 'rate_limited' });
    });
  });

  it('rule 4: a workspace reads no password hash, gives no right in the deployment, and makes no link', async () => {
    const workspace = await people.aWorkspace();
    const id = await people.aMember(workspace, 'viewer');
    const attempts = [
      sql`SELECT password_hash FROM user_account`,
      sql`UPDATE user_account SET deployment_rights = '{members}' WHERE id = ${id}`,
      sql`INSERT INTO user_account (id, email, name, deployment_rights) VALUES (${id}, 'x', 'x', '{members}')`,
      sql`SELECT * FROM session`,
      sql`SELECT * FROM sign_in_link`,
    ];
    for (const attempt of attempts) {
      await assert.rejects(
        people.database.inWorkspace(workspace, tx => attempt.execute(tx)),
        { code: '42501' },
      );
    }
  });

  it('forgets sessions that have been over for a month', async () => {
    const id = await somebody('old@acme.test');
    const count = async () =>
      (await people.database.system.selectFrom('session').where('user_id', '=', id).select('id').execute()).length;
    assert.equal(await count(), 1);
    people.clock.advance(sessionMsMax + 31 * dayMs);
    opened(await signIn().withPassword('old@acme.test', password, aClient()));
    assert.equal(await count(), 1);
  });

  it('shows people their sessions, and lets them end one; not those of others', async () => {
    await somebody('list@acme.test');
    await somebody('stranger@acme.test');
    const here = opened(await signIn().withPassword('list@acme.test', password, aClient({ userAgent: 'here' })));
    const there = opened(await signIn().withPassword('list@acme.test', password, aClient({ userAgent: 'there' })));
    const stranger = opened(await signIn().withPassword('stranger@acme.test', password, aClient()));
    const caller = await callerOf(here.token);
    const listed = await people.accounts.sessions.list(caller);
    assert.deepEqual(
      listed.filter(({ current }) => current).map(({ id }) => id),
      [here.sessionId],
    );
    assert.ok(listed.some(({ id }) => id === there.sessionId));
    assert.ok(!listed.some(({ id }) => id === stranger.sessionId));
    await assert.rejects(people.accounts.sessions.end(caller, stranger.sessionId), { code: 'not_found' });
    await people.accounts.sessions.end(caller, there.sessionId);
    assert.equal((await callerOf(there.token)).principal.kind, 'anonymous');
    assert.equal((await callerOf(stranger.token)).principal.kind, 'user');
  });
});
