import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { asAgent, firstKeys, openPeople, type People, signedIn } from '../../test/people.ts';
import { actionsOfBuiltInRole } from '../authorize/roles.ts';
import { type Action, actions } from '../domain/action.ts';
import { readApiKey } from '../domain/api-key.ts';
import type { UserId, WorkspaceId } from '../domain/ids.ts';
import { dayMs } from '../domain/units.ts';

const viewerActions = actionsOfBuiltInRole('viewer') ?? new Set();

describe('keys', () => {
  let people: People;
  let workspace: WorkspaceId;
  let admin: UserId;
  let editor: UserId;
  let viewer: UserId;
  before(async () => {
    people = await openPeople();
    workspace = await people.aWorkspace();
    admin = await people.aMember(workspace, 'admin');
    editor = await people.aMember(workspace, 'editor');
    viewer = await people.aMember(workspace, 'viewer');
  });
  after(() => people.close());

  const keys = () => people.accounts.keys;
  const inOrder = (of: ReadonlySet<Action>) => actions.filter(action => of.has(action));

  it('are shown once: neither the list nor the database has the secret', async () => {
    const { key, secret } = await keys().mint(signedIn(viewer), workspace, { name: 'once' });
    assert.equal(readApiKey(secret), secret);
    assert.equal(key.ending, secret.slice(-4));
    const stored = await people.database.system.selectFrom('api_key').selectAll().execute();
    const listed = await keys().list(signedIn(viewer), workspace, firstKeys);
    for (const text of [JSON.stringify(stored), JSON.stringify(listed)]) {
      assert.ok(!text.includes(secret));
      assert.ok(!text.includes(secret.slice(4, 24)));
    }
    assert.ok(!JSON.stringify(listed).includes('hash'));
  });

  it('always expire: after 90 days unless said otherwise, after 366 at most', async () => {
    const { key } = await keys().mint(signedIn(viewer), workspace, { name: 'default' });
    assert.equal(key.expiresAt.getTime() - people.clock.now().getTime(), 90 * dayMs);
    const longest = await keys().mint(signedIn(viewer), workspace, { name: 'long', expiresInDays: 366 });
    assert.equal(longest.key.expiresAt.getTime() - people.clock.now().getTime(), 366 * dayMs);
    for (const expiresInDays of [0, -1, 367, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const attempt = keys().mint(signedIn(viewer), workspace, { name: 'no', expiresInDays });
      await assert.rejects(attempt, { code: 'validation_error' }, String(expiresInDays));
    }
  });

  it('rule 11: a key never exceeds its creator when made', async () => {
    const ofViewer = await keys().mint(signedIn(viewer), workspace, { name: 'mine' });
    assert.deepEqual(ofViewer.key.ceiling, inOrder(viewerActions));
    await people.accounts.members.setRole(signedIn(admin), workspace, viewer, 'admin');
    const caller = await people.callerOf(ofViewer.secret);
    assert.deepEqual([...(caller.ceiling ?? [])].sort(), [...viewerActions].sort(), 'a later role does not widen it');
    await people.accounts.members.setRole(signedIn(admin), workspace, viewer, 'viewer');

    for (const limitTo of ['editor', 'admin', ['update']] as const) {
      const attempt = keys().mint(signedIn(viewer), workspace, { name: 'more', limitTo });
      await assert.rejects(attempt, { code: 'policy_changed' });
    }
  });

  it('rule 11: an agent that may more than its owner gets no more than the owner from a key that the owner makes', async () => {
    const request = { name: 'strong', role: 'editor', ownerId: viewer } as const;
    const agent = await people.accounts.agents.create(signedIn(admin), workspace, request);
    const made = await keys().mint(signedIn(viewer), workspace, {
      name: 'for my agent',
      principalId: agent.principalId,
    });
    assert.deepEqual(made.key.ceiling, inOrder(viewerActions));
  });

  it('have no ceiling only if somebody who holds everything makes them', async () => {
    const own = await keys().mint(signedIn(admin), workspace, { name: 'own' });
    assert.equal(own.key.ceiling, null);
    const agent = await people.accounts.agents.create(signedIn(admin), workspace, { name: 'bot', role: 'editor' });
    const agents = await keys().mint(signedIn(admin), workspace, { name: 'bot', principalId: agent.principalId });
    assert.equal(agents.key.ceiling, null);
  });

  it('rule 11: made by a key are never beyond the limit of that key', async () => {
    const limitTo: Action[] = ['members', 'read'];
    const desk = await people.callerOf(
      (await keys().mint(signedIn(admin), workspace, { name: 'desk', limitTo })).secret,
    );
    const child = await keys().mint(desk, workspace, { name: 'child' });
    assert.deepEqual(child.key.ceiling, ['read', 'members'], 'and never beyond their own ceiling');
    await assert.rejects(keys().mint(desk, workspace, { name: 'child', limitTo: ['update'] }), {
      code: 'policy_changed',
    });
    const full = await people.callerOf(
      (await keys().mint(signedIn(admin), workspace, { name: 'full', limitTo: 'admin' })).secret,
    );
    const grandchild = await keys().mint(full, workspace, { name: 'child' });
    assert.notEqual(grandchild.key.ceiling, null, 'a limited key makes no unlimited one');
  });

  it('are made for oneself, for an agent that one owns, or for any agent by those who manage members', async () => {
    const request = { name: 'owned', role: 'viewer', ownerId: editor } as const;
    const agent = await people.accounts.agents.create(signedIn(admin), workspace, request);
    await keys().mint(signedIn(editor), workspace, { name: 'ok', principalId: agent.principalId });
    await keys().mint(signedIn(admin), workspace, { name: 'ok', principalId: agent.principalId });
    for (const principalId of [admin, agent.principalId]) {
      const attempt = keys().mint(signedIn(viewer), workspace, { name: 'no', principalId });
      await assert.rejects(attempt, { code: 'policy_changed' });
    }
  });

  it('belong to one workspace: nobody makes, sees or ends any in another (rule 4)', async () => {
    const elsewhere = await people.aWorkspace();
    const other = await people.aMember(elsewhere, 'admin');
    const { key } = await keys().mint(signedIn(admin), workspace, { name: 'here' });
    await assert.rejects(keys().revoke(signedIn(other), elsewhere, key.id), { code: 'not_found' });
    await assert.rejects(keys().revoke(signedIn(other), workspace, key.id), { code: 'not_found' });
    const agent = await people.accounts.agents.create(signedIn(admin), workspace, { name: 'here', role: 'viewer' });
    const abroad = { name: 'x', principalId: agent.principalId };
    await assert.rejects(keys().mint(signedIn(other), elsewhere, abroad), { code: 'not_found' });
    await assert.rejects(keys().mint(signedIn(other), workspace, { name: 'x' }), { code: 'not_found' });
    assert.equal((await keys().list(signedIn(other), elsewhere, firstKeys)).total, 0);
    await assert.rejects(keys().get(signedIn(other), elsewhere, key.id), { code: 'not_found' });
    await assert.rejects(keys().get(signedIn(other), workspace, key.id), { code: 'not_found' });
    assert.equal((await keys().list(signedIn(other), workspace, firstKeys)).total, 0);
  });

  it('are listed and ended by their owner, or by those who manage members; others do not learn that they exist', async () => {
    const { key } = await keys().mint(signedIn(editor), workspace, { name: 'of the editor' });
    const ids = async (id: UserId) =>
      (await keys().list(signedIn(id), workspace, firstKeys)).rows.map(found => found.id);
    assert.ok((await ids(editor)).includes(key.id));
    assert.ok((await ids(admin)).includes(key.id));
    assert.ok(!(await ids(viewer)).includes(key.id));
    await assert.rejects(keys().revoke(signedIn(viewer), workspace, key.id), { code: 'not_found' });
    const revoked = await keys().revoke(signedIn(admin), workspace, key.id);
    assert.ok(revoked.revokedAt);
    people.clock.advance(1);
    const again = await keys().revoke(signedIn(editor), workspace, key.id);
    assert.deepEqual(again.revokedAt, revoked.revokedAt, 'it ended when it ended');
  });

  it('rule 10: revoking one moves its principal’s epoch in the same commit', async () => {
    const { key, secret } = await keys().mint(signedIn(editor), workspace, { name: 'short life' });
    const { epoch } = await people.callerOf(secret);
    const other = people.anotherInstance();
    await other.identify({ credentials: { kind: 'bearer', token: secret } });
    await keys().revoke(signedIn(editor), workspace, key.id);
    const stale = await other.identify({ credentials: { kind: 'bearer', token: secret } });
    assert.equal(stale.principal.kind, 'user', 'another instance still remembers it');
    const row = people.database.system.selectFrom('principal').where('id', '=', editor).select('epoch');
    assert.ok((await row.executeTakeFirstOrThrow()).epoch > (epoch ?? 0), 'but its intent will find another epoch');
  });

  it('are not left behind when the person is disabled at the same moment', async () => {
    const chief = await people.aUser({ rights: ['members'] });
    for (let round = 0; round < 5; round++) {
      const leaving = await people.aMember(workspace, 'editor');
      const mint = () => keys().mint(signedIn(leaving), workspace, { name: 'racing' });
      await Promise.allSettled([
        mint(),
        people.accounts.users.change(signedIn(chief, ['members']), leaving, { disabled: true }),
        mint(),
        mint(),
      ]);
      const live = await people.database.system
        .selectFrom('api_key')
        .where('principal_id', '=', leaving)
        .where('revoked_at', 'is', null)
        .select('id')
        .execute();
      assert.deepEqual(live, []);
    }
  });

  it('of an agent stop with it, and work again when it resumes', async () => {
    const agent = await people.accounts.agents.create(signedIn(admin), workspace, { name: 'bot', role: 'viewer' });
    const id = asAgent(agent.principalId);
    const { secret } = await keys().mint(signedIn(admin), workspace, { name: 'bot', principalId: id });
    const credentials = { kind: 'bearer', token: secret } as const;
    assert.deepEqual((await people.callerOf(secret)).principal, { kind: 'agent', id, owner: admin });
    await people.accounts.agents.change(signedIn(admin), workspace, id, { suspended: true });
    people.identify.forget(credentials);
    assert.deepEqual((await people.callerOf(secret)).principal, { kind: 'anonymous', why: 'disabled_principal' });
    await people.accounts.agents.change(signedIn(admin), workspace, id, { suspended: false });
    assert.equal((await people.callerOf(secret)).principal.kind, 'agent');
  });
});
