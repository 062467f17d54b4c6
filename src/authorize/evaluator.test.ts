import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Action, actions } from '../domain/action.ts';
import { evaluator } from './evaluator.ts';

describe('the evaluator', () => {
  const roles = ['admin', 'editor', 'viewer', 'guest', 'owner', 'constructor', '__proto__', null];
  const ceilings: (ReadonlySet<Action> | null)[] = [null, new Set(), new Set(['read', 'members']), new Set(actions)];

  it('says of each action what it says of all of them together', () => {
    for (const role of roles) {
      for (const ceiling of ceilings) {
        const held = evaluator.held({ role, ceiling });
        for (const action of actions) assert.equal(evaluator.may({ role, ceiling }, action), held.has(action));
      }
    }
  });

  it('rule 11: lets a key take away from a role, and never add to it', () => {
    const ceiling = new Set<Action>(['read', 'members']);
    assert.deepEqual([...evaluator.held({ role: 'viewer', ceiling })], ['read']);
    assert.deepEqual([...evaluator.held({ role: 'admin', ceiling })].sort(), ['members', 'read']);
  });

  it('rule 5: gives nothing to somebody without a role, or with one that nobody knows', () => {
    for (const role of [null, 'guest', 'owner', 'constructor', '__proto__', 'toString']) {
      assert.equal(evaluator.held({ role, ceiling: null }).size, 0, String(role));
    }
  });
});
