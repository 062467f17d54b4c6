import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { firstMembers, openPeople, operator, type People, signedIn, tokenOf } from '../../test/people.ts';
import type { UserId, WorkspaceId } from '../domain/ids.ts';
import type { Caller } from '../domain/principal.ts';
import { dayMs } from '../domain/units.ts';
import { deploymentRights } from './author.ts';
import type { Letter } from './mail.ts';

const password = 'a long enough password';
const client = { address: '192.0.2.1', userAgent: 'test', oldToken: null };

describe('invitations', () => {
  let people: People;
  let workspace: WorkspaceId;
  let admin: Caller;
  before(async () => {
    people = await openPeople();
  });
  after(() => people.close());

  async function freshWorkspace() {
    workspace = await people.aWorkspace();
    admin = signedIn(await people.aMember(workspace, 'admin'));
  }
  const invitations = () => people.accounts.invitations;
  const roleOf = async (id: UserId) =>
    (await people.accounts.members.list(admin, workspace, firstMembers)).rows.find(member => member.principalId === id)
      ?.role;
  async function invited(email: string, role: 'admin' | 'editor' | 'viewer' = 'viewer') {
    const { invitation, acceptUrl } = await invitations().invite(admin, workspace, { email, role });
    return { id: invitation.id, token: tokenOf(acceptUrl ?? '') };
  }
  let accepting = 0;
  /** Each at a browser of its own. */
  const newAccount = () => ({ name: 'New', password, clientAddress: `198.51.100.${++accepting}` });

  it('make nobody a member before they are accepted', async () => {
    await freshWorkspace();
    const { token } = await invited('New.Person@acme.test');
    assert.deepEqual(
      (await invitations().list(workspace)).map(({ email, role }) => [email, role]),
      [['new.person@acme.test', 'viewer']],
    );
    assert.equal((await people.accounts.members.list(admin, workspace, firstMembers)).rows.length, 1);
    const offer = await invitations().offer(token);
    assert.deepEqual([offer?.workspaceName, offer?.role], ['Acme', 'viewer']);
    const { userId } = await invitations().acceptAsNew(token, newAccount());
    assert.equal(await roleOf(userId), 'viewer');
    assert.deepEqual(await invitations().list(workspace), []);
    assert.equal((await people.accounts.signIn.withPassword('new.person@acme.test', password, client)).kind, 'opened');
  });

  it('are accepted once, within their time, and not after they were withdrawn, renewed or replaced', async () => {
    await freshWorkspace();
    const over = { code: 'not_found' };
    const accepted = await invited('once@acme.test');
    await invitations().acceptAsNew(accepted.token, newAccount());
    await assert.rejects(invitations().acceptAsNew(accepted.token, newAccount()), over);

    const withdrawn = await invited('withdrawn@acme.test');
    await invitations().withdraw(admin, workspace, withdrawn.id);
    await assert.rejects(invitations().acceptAsNew(withdrawn.token, newAccount()), over);

    const first = await invited('again@acme.test');
    const second = await invitations().resend(admin, workspace, first.id);
    await assert.rejects(invitations().acceptAsNew(first.token, newAccount()), over);
    const third = await invited('again@acme.test', 'editor');
    await assert.rejects(invitations().acceptAsNew(tokenOf(second.acceptUrl ?? ''), newAccount()), over);
    people.clock.advance(7 * dayMs);
    await assert.rejects(invitations().acceptAsNew(third.token, newAccount()), over);
    assert.equal(await invitations().offer(third.token), null);
  });

  it('of two who accept at once, one joins', async () => {
    await freshWorkspace();
    const { token } = await invited('race@acme.test');
    const accepts = [newAccount(), newAccount()].map(account => invitations().acceptAsNew(token, account));
    const results = await Promise.allSettled(accepts);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });

  it('leave no account behind for a person who was too late, or was refused', async () => {
    await freshWorkspace();
    const { token } = await invited('late-comer@acme.test');
    const late = ['the first of them', 'the second one', 'the third and last'];
    const accepts = late.map(own => invitations().acceptAsNew(token, { ...newAccount(), password: own }));
    await Promise.allSettled(accepts);
    const made = (await people.accounts.users.list()).filter(({ email }) => email === 'late-comer@acme.test');
    assert.equal(made.length, 1);
  });

  it('begin a membership and end what else could act as that person in one transaction', async () => {
    await freshWorkspace();
    const home = await people.aWorkspace();
    const homeAdmin = signedIn(await people.aMember(home, 'admin'));
    const first = await invitations().invite(homeAdmin, home, { email: 'whole@acme.test', role: 'viewer' });
    const { userId } = await invitations().acceptAsNew(tokenOf(first.acceptUrl ?? ''), newAccount());
    const link = await people.accounts.links.issueForMember(homeAdmin, home, userId);
    const strange = await people.accounts.signIn.withLink(tokenOf(link ?? ''), client);
    const own = await people.accounts.signIn.withPassword('whole@acme.test', password, client);
    assert.ok(strange.kind === 'opened' && own.kind === 'opened');
    const caller = await people.identify.identify({ credentials: { kind: 'session', token: own.token } });
    const { token } = await invited('whole@acme.test', 'admin');
    await people.database.asOwner(owner =>
      owner.query(`
        CREATE FUNCTION refuse_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
        CREATE TRIGGER refuse_end BEFORE UPDATE OF ended_at ON session FOR EACH ROW EXECUTE FUNCTION refuse_end()`),
    );
    try {
      await assert.rejects(invitations().acceptSignedIn(token, caller));
    } finally {
      await people.database.asOwner(owner => owner.query('DROP TRIGGER refuse_end ON session'));
    }
    assert.equal(await roleOf(userId), undefined, 'no membership while a strange session could use it');
    await invitations().acceptSignedIn(token, caller);
    assert.equal(await roleOf(userId), 'admin');
  });

  it('and links of a former member for others end with the membership', async () => {
    await freshWorkspace();
    const leaving = await people.aMember(workspace, 'admin');
    const { token } = await invited('friend@acme.test');
    const { userId } = await invitations().acceptAsNew(token, newAccount());
    const link = await people.accounts.links.issueForMember(signedIn(leaving), workspace, userId);
    await people.accounts.members.remove(admin, workspace, leaving);
    assert.equal((await people.accounts.signIn.withLink(tokenOf(link ?? ''), client)).kind, 'refused');
  });

  it('rule 8: give nothing that their author cannot give any more', async () => {
    await freshWorkspace();
    const other = await people.aMember(workspace, 'admin');
    const author = signedIn(other);
    const { acceptUrl } = await invitations().invite(author, workspace, { email: 'late@acme.test', role: 'admin' });
    await people.accounts.members.setRole(admin, workspace, other, 'editor');
    await assert.rejects(invitations().acceptAsNew(tokenOf(acceptUrl ?? ''), newAccount()), {
      code: 'not_found',
    });
    const again = await invitations().invite(admin, workspace, { email: 'late-2@acme.test', role: 'viewer' });
    await people.accounts.members.setRole(admin, workspace, other, 'admin');
    const byOther = await invitations().invite(author, workspace, { email: 'late-3@acme.test', role: 'viewer' });
    await people.accounts.members.remove(admin, workspace, other);
    assert.deepEqual(
      (await invitations().list(workspace)).map(({ id }) => id).includes(byOther.invitation.id),
      false,
      'what a member made ends with the member',
    );
    assert.ok((await invitations().list(workspace)).some(({ id }) => id === again.invitation.id));
  });

  describe('that a key made', () => {
    /** An admin, and the caller who holds a key of theirs that may manage members. */
    async function byKey(given: { expiresInDays?: number } = {}) {
      await freshWorkspace();
      const maker = signedIn(await people.aMember(workspace, 'admin'));
      const { key, secret } = await people.accounts.keys.mint(maker, workspace, { name: 'inviting', ...given });
      return { maker, key, caller: await people.callerOf(secret) };
    }
    const inviteBy = async (caller: Caller, email: string) => {
      const { invitation, acceptUrl } = await invitations().invite(caller, workspace, { email, role: 'viewer' });
      return { id: invitation.id, token: tokenOf(acceptUrl ?? '') };
    };
    const over = { code: 'not_found' };

    it('end with the key, although its person is admin still', async () => {
      const { maker, key, caller } = await byKey();
      const { token } = await inviteBy(caller, 'by-key@acme.test');
      const other = await inviteBy(maker, 'by-person@acme.test');
      await people.accounts.keys.revoke(maker, workspace, key.id);
      await assert.rejects(invitations().acceptAsNew(token, newAccount()), over);
      assert.deepEqual(
        (await invitations().list(workspace)).map(({ id }) => id),
        [other.id],
      );
      await invitations().acceptAsNew(other.token, newAccount());
    });

    it('end when the key expires', async () => {
      const { caller } = await byKey({ expiresInDays: 1 });
      const { token } = await inviteBy(caller, 'expiring@acme.test');
      people.clock.advance(dayMs);
      await assert.rejects(invitations().acceptAsNew(token, newAccount()), over);
    });

    it('end with the key too when it renewed them, and live on when a person renews them', async () => {
      const { maker, key, caller } = await byKey();
      const renewedByKey = await inviteBy(maker, 'a@acme.test');
      const kept = await inviteBy(caller, 'b@acme.test');
      const stolen = await invitations().resend(caller, workspace, renewedByKey.id);
      const mine = await invitations().resend(maker, workspace, kept.id);
      await people.accounts.keys.revoke(maker, workspace, key.id);
      await assert.rejects(invitations().acceptAsNew(tokenOf(stolen.acceptUrl ?? ''), newAccount()), over);
      await invitations().acceptAsNew(tokenOf(mine.acceptUrl ?? ''), newAccount());
    });

    it('and links by which others sign in, end with the key', async () => {
      const { maker, key, caller } = await byKey();
      const { token } = await inviteBy(caller, 'c@acme.test');
      const { userId } = await invitations().acceptAsNew(token, newAccount());
      const link = await people.accounts.links.issueForMember(caller, workspace, userId);
      await people.accounts.keys.revoke(maker, workspace, key.id);
      assert.equal((await people.accounts.signIn.withLink(tokenOf(link ?? ''), client)).kind, 'refused');
    });
  });

  it('are not made, renewed or withdrawn by those who do not manage members', async () => {
    await freshWorkspace();
    const { id } = await invited('x@acme.test');
    const editor = signedIn(await people.aMember(workspace, 'editor'));
    const changed = { code: 'policy_changed' };
    const request = { email: 'y@acme.test', role: 'viewer' } as const;
    await assert.rejects(invitations().invite(editor, workspace, request), changed);
    await assert.rejects(invitations().resend(editor, workspace, id), changed);
    await assert.rejects(invitations().withdraw(editor, workspace, id), changed);
    const elsewhere = await people.aWorkspace();
    const stranger = signedIn(await people.aMember(elsewhere, 'admin'));
    await assert.rejects(invitations().withdraw(stranger, elsewhere, id), { code: 'not_found' });
  });

  it('say nothing of accounts: an address that somebody has is invited like any other', async () => {
    await freshWorkspace();
    await people.aUser({ email: 'known@acme.test' });
    const [known, unknown] = [await invited('known@acme.test'), await invited('unknown@acme.test')];
    const [a, b] = [await invitations().offer(known.token), await invitations().offer(unknown.token)];
    assert.deepEqual({ ...a, id: 0, email: 0 }, { ...b, id: 0, email: 0 });
  });

  it('take an account that is signed in with its password; what else could act as it ends', async () => {
    await freshWorkspace();
    const home = await people.aWorkspace();
    const homeAdmin = signedIn(await people.aMember(home, 'admin'));
    const first = await invitations().invite(homeAdmin, home, { email: 'ada@acme.test', role: 'viewer' });
    const { userId } = await invitations().acceptAsNew(tokenOf(first.acceptUrl ?? ''), newAccount());
    // The admin of the first workspace may still make a link for a person who can use nothing else.
    const link = await people.accounts.links.issueForMember(homeAdmin, home, userId);
    const byLink = await people.accounts.signIn.withLink(tokenOf(link ?? ''), client);
    assert.ok(byLink.kind === 'opened');
    const callerBy = async (token: string) => people.identify.identify({ credentials: { kind: 'session', token } });
    const { token } = await invited('ada@acme.test', 'admin');
    await assert.rejects(invitations().acceptSignedIn(token, await callerBy(byLink.token)), { code: 'restricted' });

    const own = await people.accounts.signIn.withPassword('ada@acme.test', password, client);
    assert.ok(own.kind === 'opened');
    await invitations().acceptSignedIn(token, await callerBy(own.token));
    assert.equal(await roleOf(userId), 'admin');
    people.identify.forget({ kind: 'session', token: byLink.token });
    assert.equal((await callerBy(byLink.token)).principal.kind, 'anonymous');
    await assert.rejects(people.accounts.links.issueForMember(homeAdmin, home, userId), { code: 'policy_changed' });
  });
});

describe('mail', () => {
  const letters: Letter[] = [];
  let people: People;
  before(async () => {
    people = await openPeople({
      mail: {
        async send(letter) {
          letters.push(letter);
        },
      },
    });
  });
  after(() => people.close());
  const tokenIn = (letter: Letter | undefined) => /#token=([\w-]{43})/.exec(letter?.text ?? '')?.[1] ?? '';
  const provenAt = async (id: UserId) => (await people.accounts.users.get(id)).emailProvenAt;

  it('brings invitations, whose links then prove the address, and shows them to nobody else', async () => {
    const workspace = await people.aWorkspace();
    const admin = signedIn(await people.aMember(workspace, 'admin'));
    const { acceptUrl } = await people.accounts.invitations.invite(admin, workspace, {
      email: 'ada@acme.test',
      role: 'viewer',
    });
    assert.equal(acceptUrl, null);
    assert.equal(letters.at(-1)?.to, 'ada@acme.test');
    const account = { name: 'Ada', password, clientAddress: client.address };
    const { userId } = await people.accounts.invitations.acceptAsNew(tokenIn(letters.at(-1)), account);
    assert.ok(await provenAt(userId));
  });

  it('brings back who forgot a password, and ends what others opened before the address was proven', async () => {
    const workspace = await people.aWorkspace();
    const squatter = await people.aUser({ email: 'owner@acme.test' });
    await people.join(workspace, squatter, 'editor');
    const link = await people.accounts.links.issue(squatter, 'invitation');
    const opened = await people.accounts.signIn.withLink(tokenOf(link), client);
    assert.ok(opened.kind === 'opened');
    const caller = await people.identify.identify({ credentials: { kind: 'session', token: opened.token } });
    const { secret } = await people.accounts.keys.mint(caller, workspace, { name: 'kept' });

    await people.accounts.links.recover(' Owner@acme.test ');
    assert.equal(letters.at(-1)?.to, 'owner@acme.test');
    const back = await people.accounts.signIn.withLink(tokenIn(letters.at(-1)), client);
    assert.equal(back.kind === 'opened' && back.passwordNeeded, true);
    assert.ok(await provenAt(squatter));
    const instance = people.anotherInstance();
    const left = await Promise.all([
      instance.identify({ credentials: { kind: 'session', token: opened.token } }),
      instance.identify({ credentials: { kind: 'bearer', token: secret } }),
    ]);
    assert.deepEqual(
      left.map(({ principal }) => principal.kind),
      ['anonymous', 'anonymous'],
    );
  });

  it('brings the first link of an account that an operator makes', async () => {
    const boss = operator(await people.aUser({ rights: deploymentRights }));
    const { user, signInUrl } = await people.accounts.users.create(boss, { email: 'first@acme.test', name: 'First' });
    assert.equal(signInUrl, null);
    assert.match(letters.at(-1)?.text ?? '', /An account was made for you.*within 7 days/s);
    await people.accounts.signIn.withLink(tokenIn(letters.at(-1)), client);
    assert.ok(await provenAt(user.id));
  });

  it('is not sent without an account, and the answer does not show that', async () => {
    const before = letters.length;
    await people.accounts.links.recover('nobody@acme.test');
    assert.equal(letters.length, before);
  });
});
