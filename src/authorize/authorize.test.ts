import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { aCall, aCaller, aDemand, anOperation, someFacts } from '../../test/fixtures.ts';
import { type Action, actions, builtInRoles } from '../domain/action.ts';
import type { Facts } from '../domain/facts.ts';
import { newId } from '../domain/ids.ts';
import type { Operation } from '../domain/operation.ts';
import { anonymous, type Caller } from '../domain/principal.ts';
import { authorize, callsInFlightMax } from './authorize.ts';
import { actionsOfBuiltInRole } from './roles.ts';

const decide = (operation: Operation, caller: Caller, facts: Facts) => authorize(aCall({ operation }), caller, facts);
const doing = (action: Action) => anOperation({ demands: [aDemand({ action })] });

/** The permissions of the source system's table, written out once more by hand. */
const expected: Record<string, readonly Action[]> = {
  admin: actions,
  editor: [
    'read',
    'create',
    'update',
    'move',
    'comment.read',
    'comment.write',
    'file.read',
    'file.write',
    'people.read',
  ],
  viewer: ['read', 'file.read', 'comment.read', 'people.read'],
  guest: [],
};

describe('authorize', () => {
  for (const role of builtInRoles) {
    it(`A22: gives ${role} exactly its actions`, () => {
      for (const action of actions) {
        const { effect } = decide(doing(action), aCaller(), someFacts({ role }));
        assert.equal(effect, expected[role]?.includes(action) ? 'allow' : 'deny', `${role} ${action}`);
      }
    });
  }

  it('A21: denies a role that nobody defined, whatever it is called', () => {
    for (const role of ['', 'owner', 'constructor', '__proto__', 'toString']) {
      assert.equal(decide(doing('read'), aCaller(), someFacts({ role })).because, 'role_lacks_action');
    }
  });

  it('denies who is not a member', () => {
    assert.equal(decide(doing('read'), aCaller(), someFacts({ role: null })).because, 'not_a_member');
  });

  it('rule 5: denies an operation without demands, or without anything to carry out', () => {
    assert.equal(
      decide(anOperation({ demands: [] }), aCaller(), someFacts({ role: 'admin' })).because,
      'nothing_to_decide',
    );
    assert.equal(
      decide(anOperation({ target: null }), aCaller(), someFacts({ role: 'admin' })).because,
      'nothing_to_decide',
    );
  });

  it('denies if one of several demands is denied', () => {
    const operation = anOperation({ demands: [aDemand({ action: 'update' }), aDemand({ action: 'delete' })] });
    const decision = decide(operation, aCaller(), someFacts({ role: 'editor' }));
    assert.equal(decision.because, 'role_lacks_action');
    assert.equal(decision.effect === 'deny' && decision.demand?.action, 'delete');
  });

  it('rule 6: allows anonymous callers nothing, whatever the facts', () => {
    const caller = anonymous('no_credentials');
    fc.assert(
      fc.property(fc.constantFrom(...actions), fc.constantFrom('admin', 'viewer', null), (action, role) => {
        assert.equal(decide(doing(action), caller, someFacts({ role })).effect, 'deny');
      }),
    );
    for (const kind of ['self', 'membership', 'deployment'] as const) {
      const operation = anOperation({ demands: [{ action: 'read', object: { kind } }] });
      assert.equal(decide(operation, caller, someFacts({ role: 'admin' })).because, 'unauthenticated');
    }
  });

  it('rule 11: a key allows no more than its ceiling, and no more than its principal', () => {
    const ceiling = new Set<Action>(['read', 'delete']);
    const key = aCaller({ ceiling });
    assert.equal(decide(doing('update'), key, someFacts({ role: 'editor' })).because, 'key_lacks_action');
    assert.equal(decide(doing('delete'), key, someFacts({ role: 'editor' })).because, 'role_lacks_action');
    assert.equal(decide(doing('read'), key, someFacts({ role: 'editor' })).effect, 'allow');
  });

  it('rule 12: shows the text of Notion only to callers who may read, even if the answer needs another right', () => {
    const hears = (ceiling: Action[], readAction: Action) => {
      const operation = anOperation({ demands: [aDemand({ action: 'update' })] });
      const response = { ...operation.response, readAction };
      const caller = aCaller({ ceiling: new Set<Action>(['update', ...ceiling]) });
      const decision = decide({ ...operation, response }, caller, someFacts({ role: 'editor' }));
      return decision.effect === 'allow' && decision.mayHear;
    };
    assert.equal(hears([], 'read'), false);
    assert.equal(hears(['read'], 'read'), true);
    assert.equal(hears(['comment.read'], 'comment.read'), false);
    assert.equal(hears(['read'], 'comment.read'), false);
    assert.equal(hears(['read', 'comment.read'], 'comment.read'), true);
  });

  it('denies a call on another workspace than the one the key is bound to', () => {
    assert.equal(
      decide(doing('read'), aCaller(), someFacts({ namesOtherWorkspace: true, role: 'admin' })).because,
      'other_workspace',
    );
  });

  it('denies an object that somebody else made, and says nothing of it', () => {
    const operation = anOperation({
      demands: [{ action: 'file.read', object: { kind: 'file_upload', id: 'a' }, owned: true }],
    });
    assert.equal(decide(operation, aCaller(), someFacts({ role: 'admin' })).because, 'not_the_owner');
    const owner = someFacts({ role: 'admin', ownedByCaller: new Set(['a']) });
    assert.equal(decide(operation, aCaller(), owner).effect, 'allow');
  });

  it('denies a malformed call after the caller is known, never before', () => {
    const operation = anOperation({
      problem: { code: 'invalid_json', message: 'Error parsing JSON body.' },
      target: null,
    });
    assert.equal(decide(operation, aCaller(), someFacts({ role: 'admin' })).because, 'malformed');
    assert.equal(decide(operation, anonymous('no_credentials'), someFacts()).because, 'unauthenticated');
  });

  it('rule 2: denies when no connection can serve the call, and says which trouble it is', () => {
    const without = (connectionTrouble: Facts['connectionTrouble']) =>
      someFacts({ connection: null, connectionTrouble });
    assert.equal(decide(doing('read'), aCaller(), without('none')).because, 'no_connection');
    assert.equal(decide(doing('read'), aCaller(), without('needs_reauth')).because, 'connection_blocked');
  });

  it('rule 29: denies more calls at once than one principal may have', () => {
    const busy = someFacts({ callsInFlight: callsInFlightMax });
    assert.equal(decide(doing('read'), aCaller(), busy).because, 'too_many_calls');
  });

  it('deployment rights are separate from roles', () => {
    const operation = anOperation({
      demands: [{ action: 'connect', object: { kind: 'deployment' } }],
      target: { kind: 'local', run: async () => ({ status: 200, headers: {}, body: null }) },
    });
    assert.equal(decide(operation, aCaller(), someFacts({ role: 'admin' })).because, 'lacks_deployment_right');
    const holder = aCaller({ deploymentRights: new Set(['connect']) });
    assert.equal(decide(operation, holder, someFacts({ workspaceId: null, role: null })).effect, 'allow');
  });

  it('is total: it decides whatever it is given, and allows content only to roles that hold the action', () => {
    const objects = fc.constantFrom('page', 'block', 'workspace', 'membership', 'self', 'deployment');
    const demand = fc.record({ action: fc.constantFrom(...actions), kind: objects });
    fc.assert(
      fc.property(
        fc.array(demand, { maxLength: 4 }),
        fc.constantFrom('admin', 'editor', 'viewer', 'guest', 'nobody', null),
        fc.option(fc.subarray([...actions]), { nil: null }),
        fc.boolean(),
        (demands, role, ceiling, inWorkspace) => {
          const operation = anOperation({
            demands: demands.map(({ action, kind }) => ({ action, object: { kind, id: 'x' } as never })),
          });
          const caller = aCaller({ ceiling: ceiling && new Set(ceiling) });
          const facts = someFacts({ role, workspaceId: inWorkspace ? newId('wsp') : null });
          const { effect } = decide(operation, caller, facts);
          const content = demands.filter(({ kind }) => ['page', 'block', 'workspace'].includes(kind));
          const held = content.every(
            ({ action }) =>
              inWorkspace &&
              role !== null &&
              (actionsOfBuiltInRole(role)?.has(action) ?? false) &&
              (ceiling?.includes(action) ?? true),
          );
          if (!held) assert.equal(effect, 'deny');
        },
      ),
    );
  });
});
