import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { asAgent, openPeople, operator, type People, signedIn, tokenOf } from '../../test/people.ts';
import type { UserId, WorkspaceId } from '../domain/ids.ts';
import type { Credentials } from '../domain/principal.ts';
import { dayMs } from '../domain/units.ts';
import { deploymentRights } from './author.ts';
import { linkLifetimeMs } from './links.ts';

const client = { address: '192.0.2.1', userAgent: 'test', oldToken: null };

describe('users', () => {
  let people: People;
  let chief: UserId;
  before(async () => {
    people = await openPeople();
    chief = await people.aUser({ email: 'chief@acme.test', rights: ['connect', 'members', 'audit'] });
  });
  after(() => people.close());

  const users = () => people.accounts.users;
  const whyNot = async (credentials: Credentials) => {
    people.identify.forget(credentials);
    const { principal } = await people.identify.identify({ credentials });
    return principal.kind === 'anonymous' ? principal.why : principal.kind;
  };

  it('are made by those who manage people, with a link for the first sign-in', async () => {
    const request = { email: 'Fresh@acme.test', name: 'Fresh', deploymentRights: ['connect'] } as const;
    const { user, signInUrl } = await users().create(operator(chief), request);
    assert.equal(user.email, 'fresh@acme.test');
    const result = await people.accounts.signIn.withLink(tokenOf(signInUrl ?? ''), client);
    assert.equal(result.kind === 'opened' && result.passwordNeeded, true);
    await assert.rejects(users().create(operator(chief), request), { code: 'conflict' });
  });

  it('rule 8: nobody gives a right in the deployment that they do not have', async () => {
    const clerk = await people.aUser({ rights: ['members'] });
    const author = signedIn(clerk, ['members']);
    const request = { email: 'x@acme.test', name: 'X', deploymentRights: ['connect'] } as const;
    await assert.rejects(users().create(author, request), { code: 'policy_changed' });
    await assert.rejects(users().change(author, clerk, { deploymentRights: ['members', 'audit'] }), {
      code: 'policy_changed',
    });
    await assert.rejects(
      people.accounts.links.issueFor(author, chief),
      { code: 'policy_changed' },
      'nor takes them by a link',
    );
    const nobody = await people.aUser();
    await assert.rejects(users().change(signedIn(nobody), clerk, { disabled: true }), { code: 'policy_changed' });
    await assert.rejects(
      users().create(operator(nobody), request),
      { code: 'policy_changed' },
      'what the database says counts',
    );
  });

  it('rule 8: enabling gives rights back, so it takes them', async () => {
    const clerk = await people.aUser({ rights: ['members'] });
    const strong = await people.aUser({ rights: ['connect'] });
    await users().change(signedIn(clerk, ['members']), strong, { disabled: true });
    await assert.rejects(users().change(signedIn(clerk, ['members']), strong, { disabled: false }), {
      code: 'policy_changed',
    });
    assert.equal((await users().change(operator(chief), strong, { disabled: false })).disabled, false);
  });

  it('keep a person who can manage them, even if several go at the same moment', async () => {
    const alone = await openPeople();
    try {
      const one = await alone.aUser({ rights: ['members'] });
      const two = await alone.aUser({ rights: ['members'] });
      const results = await Promise.allSettled([
        alone.accounts.users.change(signedIn(one, ['members']), two, { disabled: true }),
        alone.accounts.users.change(signedIn(two, ['members']), one, { deploymentRights: [] }),
      ]);
      assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    } finally {
      await alone.close();
    }
  });

  describe('rule 11: disabling a person', () => {
    let workspace: WorkspaceId;
    let admin: UserId;
    before(async () => {
      workspace = await people.aWorkspace();
      admin = await people.aMember(workspace, 'admin');
    });

    async function somebody() {
      const id = await people.aMember(workspace, 'editor');
      const link = await people.accounts.links.issue(id, 'recovery');
      const opened = await people.accounts.signIn.withLink(tokenOf(link), client);
      assert.equal(opened.kind, 'opened');
      const session: Credentials = { kind: 'session', token: opened.kind === 'opened' ? opened.token : '' };
      const { secret } = await people.accounts.keys.mint(signedIn(id), workspace, { name: 'own' });
      const key: Credentials = { kind: 'bearer', token: secret };
      const request = { name: 'helper', role: 'viewer', ownerId: id } as const;
      const agent = asAgent((await people.accounts.agents.create(signedIn(admin), workspace, request)).principalId);
      const made = await people.accounts.keys.mint(signedIn(id), workspace, { name: 'agent', principalId: agent });
      const agentKey: Credentials = { kind: 'bearer', token: made.secret };
      const spare = await people.accounts.links.issue(id, 'recovery');
      return { id, session, key, agent, agentKey, spare };
    }

    it('ends sessions, keys and links', async () => {
      const { id, session, key, spare } = await somebody();
      assert.equal(await whyNot(session), 'user');
      assert.equal(await whyNot(key), 'user');
      await users().change(operator(chief), id, { disabled: true });
      assert.equal(await whyNot(session), 'revoked_credentials');
      assert.equal(await whyNot(key), 'revoked_credentials');
      assert.equal((await people.accounts.signIn.withLink(tokenOf(spare), client)).kind, 'refused');
      await assert.rejects(people.accounts.links.issueFor(operator(chief), id), { code: 'conflict' });
    });

    it('suspends the agents that they own until these are reassigned', async () => {
      const { id, agent, agentKey } = await somebody();
      assert.equal(await whyNot(agentKey), 'agent');
      await users().change(operator(chief), id, { disabled: true });
      assert.equal(await whyNot(agentKey), 'disabled_principal');
      const { change } = people.accounts.agents;
      await assert.rejects(change(signedIn(admin), workspace, agent, { suspended: false }), { code: 'conflict' });
      await users().change(operator(chief), id, { disabled: false });
      assert.equal(await whyNot(agentKey), 'disabled_principal', 'enabling the person does not resume them');
      const member = await change(signedIn(admin), workspace, agent, { ownerId: admin });
      assert.equal(member.suspended, false);
      assert.equal(member.owner?.id, admin);
      assert.equal(await whyNot(agentKey), 'agent');
    });

    it('does not let a reassignment undo a suspension that somebody ordered', async () => {
      const { id, agent } = await somebody();
      const { change } = people.accounts.agents;
      await change(signedIn(admin), workspace, agent, { suspended: true });
      await users().change(operator(chief), id, { disabled: true });
      assert.equal((await change(signedIn(admin), workspace, agent, { ownerId: admin })).suspended, true);
    });

    it('restores neither sessions nor keys when the person is enabled again', async () => {
      const { id, session, key } = await somebody();
      await users().change(operator(chief), id, { disabled: true });
      await users().change(operator(chief), id, { disabled: false });
      assert.equal(await whyNot(session), 'revoked_credentials');
      assert.equal(await whyNot(key), 'revoked_credentials');
    });

    it('happens in one transaction: when one part fails, none of it has happened', async () => {
      const { id, session, key, agentKey } = await somebody();
      await people.database.asOwner(owner =>
        owner.query(`
          CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
          CREATE TRIGGER refuse BEFORE UPDATE OF suspended_at ON agent FOR EACH ROW EXECUTE FUNCTION refuse()`),
      );
      try {
        await assert.rejects(users().change(operator(chief), id, { disabled: true }));
      } finally {
        await people.database.asOwner(owner => owner.query('DROP TRIGGER refuse ON agent'));
      }
      assert.equal(await whyNot(session), 'user');
      assert.equal(await whyNot(key), 'user');
      assert.equal(await whyNot(agentKey), 'agent');
    });
  });

  describe('the first link of an account that an operator makes', () => {
    const made = async (given: { retiring?: boolean } = {}) => {
      const boss = operator(await people.aUser({ rights: deploymentRights }));
      const email = `${randomUUID()}@acme.test`;
      const { user, signInUrl } = await people.accounts.users.create(boss, { email, name: 'New' });
      if (given.retiring && boss.principal.kind === 'user') {
        await people.accounts.users.change(boss, boss.principal.id, { deploymentRights: ['audit'] });
      }
      return { user, signIn: () => people.accounts.signIn.withLink(tokenOf(signInUrl ?? ''), client) };
    };

    it('lives for days, because the person may be away', async () => {
      const { user, signIn } = await made();
      people.clock.advance(6 * dayMs);
      const opened = await signIn();
      assert.equal(opened.kind === 'opened' && opened.user.id, user.id);
      const late = await made();
      people.clock.advance(7 * dayMs);
      assert.equal((await late.signIn()).kind, 'refused');
    });

    it('ends with the right of the one who made it', async () => {
      const { signIn } = await made({ retiring: true });
      assert.equal((await signIn()).kind, 'refused');
    });
  });

  describe('at the first run', () => {
    it('there is one user with all rights, and a link that works once', async () => {
      const fresh = await openPeople();
      try {
        const ensure = () => fresh.accounts.users.ensureFirstRun({ email: 'admin@localhost', name: 'Admin' });
        const starts = await Promise.all([ensure(), ensure(), ensure()]);
        assert.equal(new Set(starts.map(start => start?.user.id)).size, 1, 'however many instances start at once');
        const last = await ensure();
        assert.deepEqual([...(last?.user.deploymentRights ?? [])].sort(), ['audit', 'connect', 'members']);
        const token = tokenOf(last?.signInUrl ?? '');
        const results = await Promise.all(
          Array.from({ length: 5 }, () => fresh.accounts.signIn.withLink(token, client)),
        );
        const opened = results.filter(result => result.kind === 'opened');
        assert.equal(opened.length, 1, 'rule 27: once');

        const [first] = opened;
        assert.ok(first?.kind === 'opened' && first.passwordNeeded);
        const caller = await fresh.identify.identify({ credentials: { kind: 'session', token: first.token } });
        const request = { password: 'correct horse battery', clientAddress: client.address };
        await fresh.accounts.sessions.setPassword(caller, request);
        assert.equal(await ensure(), null, 'over as soon as somebody has a password');
      } finally {
        await fresh.close();
      }
    });

    it('rule 27: the secret is in the fragment, and is worth nothing after 15 minutes', async () => {
      const id = await people.aUser();
      const url = new URL(await people.accounts.links.issue(id, 'demo'));
      assert.equal(url.search, '');
      assert.equal(url.pathname, '/sign-in');
      people.clock.advance(linkLifetimeMs);
      assert.equal((await people.accounts.signIn.withLink(tokenOf(url.href), client)).kind, 'refused');
      const stored = JSON.stringify(await people.database.system.selectFrom('sign_in_link').selectAll().execute());
      assert.ok(!stored.includes(tokenOf(url.href)));
    });
  });
});
