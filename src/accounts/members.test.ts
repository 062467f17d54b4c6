import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { firstMembers, openPeople, operator, type People, signedIn } from '../../test/people.ts';
import type { UserId, WorkspaceId } from '../domain/ids.ts';

describe('members', () => {
  let people: People;
  let workspace: WorkspaceId;
  let admin: UserId;
  before(async () => {
    people = await openPeople();
  });
  after(() => people.close());

  async function freshWorkspace() {
    workspace = await people.aWorkspace();
    admin = await people.aMember(workspace, 'admin');
  }
  const members = () => people.accounts.members;
  const listOf = async (id: WorkspaceId) => (await members().list(signedIn(admin), id, firstMembers)).rows;
  const rolesOf = async (id: WorkspaceId) => new Map((await listOf(id)).map(m => [m.principalId, m.role]));

  it('of one workspace are nothing in another (rule 4)', async () => {
    await freshWorkspace();
    const elsewhere = await people.aWorkspace();
    const victim = await people.aMember(elsewhere, 'viewer');
    const author = signedIn(admin);
    await assert.rejects(members().setRole(author, workspace, victim, 'admin'), { code: 'not_found' });
    await assert.rejects(members().setRole(author, elsewhere, victim, 'admin'), { code: 'policy_changed' });
    await assert.rejects(members().remove(author, elsewhere, victim), { code: 'policy_changed' });
    assert.equal((await rolesOf(elsewhere)).get(victim), 'viewer');
    assert.equal((await rolesOf(workspace)).has(victim), false);
  });

  it('rule 8: nobody gives a role that holds more than they hold', async () => {
    await freshWorkspace();
    const editor = await people.aMember(workspace, 'editor');
    const viewer = await people.aMember(workspace, 'viewer');
    for (const role of ['admin', 'editor', 'guest'] as const) {
      await assert.rejects(members().setRole(signedIn(editor), workspace, viewer, role), { code: 'policy_changed' });
    }
  });

  it('rule 8: a key that is limited gives no role beyond its limit, though its owner could', async () => {
    await freshWorkspace();
    const limited = {
      name: 'people desk',
      limitTo: ['members', 'read', 'file.read', 'comment.read', 'people.read'] as const,
    };
    const { secret } = await people.accounts.keys.mint(signedIn(admin), workspace, limited);
    const key = await people.callerOf(secret);
    const member = await people.aMember(workspace, 'guest');
    assert.equal((await members().setRole(key, workspace, member, 'viewer')).role, 'viewer');
    await assert.rejects(members().setRole(key, workspace, member, 'editor'), { code: 'policy_changed' });
    await assert.rejects(people.accounts.agents.create(key, workspace, { name: 'big', role: 'admin' }), {
      code: 'policy_changed',
    });
    const taken = await people.aMember(workspace, 'editor');
    assert.equal(
      (await members().setRole(key, workspace, taken, 'viewer')).role,
      'viewer',
      'taking away gives nobody anything',
    );
  });

  it('defect A21: a role that nobody knows gives nothing, whatever it is called', async () => {
    await freshWorkspace();
    for (const role of ['owner', 'constructor', '__proto__', 'toString']) {
      const odd = await people.aUser();
      await people.database.system
        .insertInto('membership')
        .values({ workspace_id: workspace, principal_id: odd, role, created_by: null })
        .execute();
      const attempt = members().setRole(signedIn(odd), workspace, odd, 'admin');
      await assert.rejects(attempt, { code: 'policy_changed' }, role);
    }
  });

  describe('the last admin', () => {
    it('cannot be removed or given another role', async () => {
      await freshWorkspace();
      await assert.rejects(members().remove(signedIn(admin), workspace, admin), { code: 'conflict' });
      await assert.rejects(members().setRole(signedIn(admin), workspace, admin, 'editor'), { code: 'conflict' });
      assert.equal((await rolesOf(workspace)).get(admin), 'admin');
    });

    it('is a person who can sign in: agents and disabled people do not count', async () => {
      await freshWorkspace();
      await people.accounts.agents.create(signedIn(admin), workspace, { name: 'robot', role: 'admin' });
      const gone = await people.aMember(workspace, 'admin');
      const chief = await people.aUser({ rights: ['members'] });
      await people.accounts.users.change(operator(chief), gone, { disabled: true });
      await assert.rejects(members().remove(signedIn(admin), workspace, admin), { code: 'conflict' });
    });

    it('stays, when two admins remove each other at the same moment', async () => {
      for (let round = 0; round < 5; round++) {
        await freshWorkspace();
        const other = await people.aMember(workspace, 'admin');
        const results = await Promise.allSettled([
          members().remove(signedIn(admin), workspace, other),
          members().remove(signedIn(other), workspace, admin),
        ]);
        assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
        assert.equal([...(await rolesOf(workspace)).values()].filter(role => role === 'admin').length, 1);
      }
    });

    it('stays, when several demote themselves at the same moment', async () => {
      await freshWorkspace();
      const all = [admin, await people.aMember(workspace, 'admin'), await people.aMember(workspace, 'admin')];
      const results = await Promise.allSettled(all.map(id => members().setRole(signedIn(id), workspace, id, 'viewer')));
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 2);
      assert.equal([...(await rolesOf(workspace)).values()].filter(role => role === 'admin').length, 1);
    });
  });

  it('lose their keys when they are removed, and their agents stop', async () => {
    await freshWorkspace();
    const leaving = await people.aMember(workspace, 'editor');
    const { secret } = await people.accounts.keys.mint(signedIn(leaving), workspace, { name: 'mine' });
    const agents = people.accounts.agents;
    const agent = await agents.create(signedIn(admin), workspace, { name: 'bot', role: 'viewer', ownerId: leaving });
    await people.accounts.members.remove(signedIn(admin), workspace, leaving);
    assert.deepEqual((await people.callerOf(secret)).principal, { kind: 'anonymous', why: 'unknown_credentials' });
    const left = (await listOf(workspace)).find(({ principalId }) => principalId === agent.principalId);
    assert.equal(left?.suspended, true);
  });

  it('move the policy revision whenever they change (rule 10)', async () => {
    await freshWorkspace();
    const revision = async () => {
      const row = people.database.system.selectFrom('workspace').where('id', '=', workspace).select('policy_revision');
      return (await row.executeTakeFirstOrThrow()).policy_revision;
    };
    const steps: (() => Promise<unknown>)[] = [
      () => people.aMember(workspace, 'viewer'),
      async () => {
        const [last] = (await listOf(workspace)).filter(({ role }) => role === 'viewer');
        await members().setRole(signedIn(admin), workspace, last?.principalId ?? admin, 'guest');
      },
      async () => {
        const [last] = (await listOf(workspace)).filter(({ role }) => role === 'guest');
        await members().remove(signedIn(admin), workspace, last?.principalId ?? admin);
      },
    ];
    for (const step of steps) {
      const before = await revision();
      await step();
      assert.ok((await revision()) > before);
    }
  });
});
