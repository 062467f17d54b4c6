import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actionsOfBuiltInRole } from '../authorize/roles.ts';
import { newId } from '../domain/ids.ts';
import { judgeCapabilities, policyUse, type RoleHolder, readReached } from './access-report.ts';

const knowledge = (held: boolean) => ({ held, shownBy: 'pages.update', learnedAt: new Date(0) });
const verdict = (holders: RoleHolder[], held: boolean | null, capability = 'update_content') => {
  const known = new Map(held === null ? [] : [[capability, knowledge(held)] as const]);
  return judgeCapabilities(known, policyUse(holders)).find(one => one.capability === capability);
};

const ofRole = (role: string) => [...(actionsOfBuiltInRole(role) ?? [])];
const viewer: RoleHolder = { id: newId('usr'), kind: 'user', allowed: ofRole('viewer'), keys: [null] };
const admin: RoleHolder = { id: newId('usr'), kind: 'user', allowed: ofRole('admin'), keys: [] };
const agent = (...keys: RoleHolder['keys'][number][]): RoleHolder => ({
  id: newId('agt'),
  kind: 'agent',
  allowed: ofRole('editor'),
  keys,
});

describe('what a connection can do, beside what the policy can use', () => {
  it('is too much when no role here could ever use it', () => {
    assert.equal(verdict([viewer], true)?.verdict, 'excess');
    assert.match(verdict([viewer], true)?.advice ?? '', /^Turn off "Update content"/);
    assert.equal(verdict([viewer], false)?.verdict, 'fits');
  });

  it('is to spare when roles could use it, and nobody has a key for it', () => {
    for (const holders of [[viewer, admin], [agent()], [agent(['read', 'create'])]]) {
      assert.equal(verdict(holders, true)?.verdict, 'spare');
      assert.equal(verdict(holders, false)?.verdict, 'fits');
    }
  });

  it('fits when a key uses it, and is missing when that key will be refused at Notion', () => {
    for (const keys of [[null], [['update' as const]]]) {
      assert.equal(verdict([agent(...keys)], true)?.verdict, 'fits');
      assert.equal(verdict([agent(...keys)], false)?.verdict, 'missing');
    }
  });

  it('never counts a ceiling for more than the policy allows', () => {
    assert.equal(verdict([{ ...viewer, keys: [['update']] }], true)?.verdict, 'excess');
    assert.equal(verdict([{ ...viewer, allowed: [] }], true)?.verdict, 'excess');
  });

  it('counts what people can do in the dashboard without a key', () => {
    assert.equal(verdict([admin], true, 'read_content')?.verdict, 'fits');
    assert.equal(verdict([admin], true, 'insert_content')?.verdict, 'fits');
  });

  it('is unknown as long as no answer has shown it', () => {
    assert.deepEqual(
      [verdict([viewer], null)?.state, verdict([viewer], null)?.verdict, verdict([agent(null)], null)?.advice],
      ['unknown', 'unknown', null],
    );
  });

  it('misses nothing when addresses of people do not come', () => {
    assert.equal(verdict([viewer], false, 'user_emails')?.verdict, 'fits');
  });
});

describe('where a search result lies', () => {
  const id = '11111111-1111-4111-8111-111111111111';

  it('is in its parent, and for a data source in what its database lies in', () => {
    const page = { object: 'page', parent: { type: 'data_source_id', data_source_id: id, database_id: 'x' } };
    assert.deepEqual(readReached(page).parent, { kind: 'data_source', id });
    const source = {
      object: 'data_source',
      parent: { type: 'database_id', database_id: 'x' },
      database_parent: { type: 'page_id', page_id: id },
    };
    assert.deepEqual(readReached(source).parent, { kind: 'page', id });
    assert.equal(readReached({ object: 'page', parent: { type: 'workspace', workspace: true } }).parent, 'workspace');
  });

  it('is unknown where Notion says something else', () => {
    for (const parent of [null, {}, { type: 'agent_id', agent_id: id }, { type: 'page_id', page_id: '../users' }]) {
      assert.equal(readReached({ object: 'page', parent }).parent, null);
    }
  });

  it('is on the web only at a web address', () => {
    assert.equal(readReached({ object: 'page', public_url: 'https://acme.notion.site/x' }).publicUrl?.length, 26);
    for (const url of ['javascript:alert(1)', '', null, 7]) {
      assert.equal(readReached({ object: 'page', public_url: url }).publicUrl, null);
    }
  });
});
