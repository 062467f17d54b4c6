import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aCall, aCaller, anOperation, someFacts } from '../../test/fixtures.ts';
import type { Action } from '../domain/action.ts';
import { type Ancestry, objectKey } from '../domain/ancestry.ts';
import type { Grant } from '../domain/grant.ts';
import { newId, type PrincipalId } from '../domain/ids.ts';
import type { Demand } from '../domain/operation.ts';
import type { Caller } from '../domain/principal.ts';
import { authorize } from './authorize.ts';
import { compilePolicy } from './compile-policy.ts';

const [root, open, secret, page, row] = ['1', '2', '3', '4', '5'].map(digit =>
  '00000000-0000-4000-8000-00000000000x'.replace('x', digit),
) as [string, string, string, string, string];

const user = newId('usr');
const scout = newId('agt');
const at = new Date('2026-12-01T12:00:00.000Z');

/** The tree: root holds the open and the secret pages; `page` stands in the open one, `row` in the secret one. */
const paths: Readonly<Record<string, readonly string[]>> = {
  [root]: [root],
  [open]: [open, root],
  [secret]: [secret, root],
  [page]: [page, open, root],
  [row]: [row, secret, root],
};

function known(id: string, given: Partial<Extract<Ancestry, { state: 'known' }>> = {}): Ancestry {
  return { state: 'known', path: (paths[id] ?? []).map(id => ({ kind: 'page', id })), ...given };
}

function aGrant(given: Partial<Grant>): Grant {
  return {
    id: newId('grt'),
    effect: 'allow',
    subject: { kind: 'principal', id: user },
    actions: ['read'],
    scopes: [{ kind: 'workspace' }],
    when: null,
    properties: null,
    reason: 'a test',
    createdBy: null,
    createdAt: at,
    ...given,
  };
}

interface World {
  readonly role?: string;
  readonly grants?: readonly Grant[];
  readonly caller?: Partial<Caller>;
  readonly objects?: Readonly<Record<string, Ancestry>>;
}

function decide(demands: readonly Demand[], { role = 'viewer', grants = [], caller, objects = {} }: World) {
  const principals: [PrincipalId, string][] = [
    [user, role],
    [scout, 'guest'],
  ];
  const policy = compilePolicy({
    revision: 7,
    roles: new Map(),
    members: new Map(principals),
    groups: new Map(),
    grants,
  });
  const all = { ...Object.fromEntries(Object.keys(paths).map(id => [id, known(id)])), ...objects };
  const facts = someFacts({
    at,
    policy,
    role,
    objects: new Map(Object.entries(all).map(([id, ancestry]) => [objectKey({ kind: 'page', id }), ancestry])),
  });
  const who = aCaller({ principal: { kind: 'user', id: user }, ...caller });
  return authorize(aCall({ operation: anOperation({ demands }) }), who, facts);
}

function on(id: string, action: Action = 'read', given: Partial<Demand> = {}): Demand {
  return { action, object: { kind: 'page', id }, ...given };
}

const under = (id: string): Grant['scopes'] => [{ kind: 'page', id }];

describe('a decision by page', () => {
  it('A4: denies a subtree to a viewer who reads everything else, and names the grant', () => {
    const deny = aGrant({ effect: 'deny', scopes: under(secret) });
    const denied = decide([on(row)], { grants: [deny] });
    assert.deepEqual([denied.effect, denied.because, denied.grants], ['deny', 'denied_by_grant', [deny.id]]);
    assert.equal(denied.mayRead, false);
    assert.equal(decide([on(page)], { grants: [deny] }).because, 'role');
  });

  it('gives a guest one subtree', () => {
    const grant = aGrant({ scopes: under(open) });
    assert.equal(decide([on(page)], { role: 'guest', grants: [grant] }).because, 'grant');
    assert.equal(decide([on(row)], { role: 'guest', grants: [grant] }).because, 'role_lacks_action');
  });

  it('holds a key to the pages that it is limited to', () => {
    const caller = { under: [open] };
    assert.equal(decide([on(page)], { caller }).effect, 'allow');
    assert.equal(decide([on(row)], { caller }).because, 'outside_key_pages');
    assert.equal(decide([{ action: 'read', object: { kind: 'workspace' } }], { caller }).because, 'outside_key_pages');
    assert.equal(
      decide([{ action: 'members', object: { kind: 'workspace' } }], { caller, role: 'admin' }).effect,
      'deny',
    );
  });

  it('rule 5: lets a limit pass a list that is filtered object by object, and denies any other call on the workspace', () => {
    const grants = [aGrant({ effect: 'limit', scopes: under(open) })];
    const workspace = { action: 'read', object: { kind: 'workspace' } } as const;
    assert.equal(decide([{ ...workspace, filtered: true }], { grants }).effect, 'allow');
    assert.equal(decide([workspace], { grants }).because, 'outside_limit');
  });

  it('denies what stands nobody knows where, only if the policy depends on it', () => {
    const grants = [aGrant({ effect: 'deny', scopes: under(secret) })];
    for (const state of ['unknown', 'stale'] as const) {
      const objects = { [page]: { state } };
      assert.equal(decide([on(page)], { objects, grants }).because, `${state}_object`);
      assert.equal(decide([on(page)], { objects }).effect, 'allow');
    }
  });

  it('takes moving on the page, and on what it stands in', () => {
    const grants = [aGrant({ actions: ['move'], scopes: under(page) })];
    assert.equal(decide([on(page, 'move')], { grants }).effect, 'allow');
    assert.equal(decide([on(page, 'move', { alsoParent: true })], { grants }).because, 'role_lacks_action');
    const wider = [aGrant({ actions: ['move'], scopes: under(open) })];
    assert.equal(decide([on(page, 'move', { alsoParent: true })], { grants: wider }).effect, 'allow');
  });

  it('rule 9: a move that gives anybody more takes the right to grant as well', () => {
    const move = on(row, 'move', { movesUnder: { kind: 'page', id: open } });
    const seen = [aGrant({ subject: { kind: 'principal', id: scout }, scopes: under(open) })];
    assert.equal(decide([move], { role: 'editor', grants: seen }).because, 'move_widens');
    assert.equal(decide([move], { role: 'admin', grants: seen }).effect, 'allow');
    const back = on(page, 'move', { movesUnder: { kind: 'page', id: secret } });
    assert.equal(decide([back], { role: 'editor', grants: seen }).effect, 'allow');
  });

  it('rule 9: a property that a condition tests is written only by those who may grant', () => {
    const grants = [aGrant({ effect: 'deny', when: { property: { Status: { is: 'Draft' } } } })];
    const objects = {
      [page]: known(page, {
        properties: new Map([
          [page, { Status: 'Done' }],
          [open, {}],
          [root, {}],
        ]),
      }),
    };
    const write = (name: string) => on(page, 'update', { writes: [name] });
    assert.equal(decide([write('Status')], { role: 'editor', grants, objects }).because, 'property_tested');
    assert.equal(decide([write('*')], { role: 'editor', grants, objects }).because, 'property_tested');
    assert.equal(decide([write('Notes')], { role: 'editor', grants, objects }).effect, 'allow');
    assert.equal(decide([write('Status')], { role: 'admin', grants, objects }).effect, 'allow');
  });

  it('keeps masked properties from being written, and decides nothing else by a mask', () => {
    const grants = [aGrant({ effect: 'deny', actions: ['update'], properties: ['Salary'], scopes: under(open) })];
    assert.equal(
      decide([on(page, 'update', { writes: ['Salary'] })], { role: 'editor', grants }).because,
      'property_masked',
    );
    assert.equal(decide([on(page, 'update', { writes: ['Notes'] })], { role: 'editor', grants }).effect, 'allow');
    assert.equal(decide([on(row, 'update', { writes: ['Salary'] })], { role: 'editor', grants }).effect, 'allow');
  });

  it('takes updating to delete a block that holds no other, and deleting for everything else', () => {
    const remove = on(page, 'delete', { leafAction: 'update' });
    assert.equal(
      decide([remove], { role: 'editor', objects: { [page]: known(page, { leaf: true }) } }).effect,
      'allow',
    );
    assert.equal(
      decide([remove], { role: 'editor', objects: { [page]: known(page, { leaf: false }) } }).effect,
      'deny',
    );
    assert.equal(decide([remove], { role: 'editor' }).effect, 'deny');
  });
});
