import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '../domain/ids.ts';
import { placeOf, systemGroup } from './place-of.ts';

describe('rule 29: where a call waits, and to whom it is charged', () => {
  const user = { kind: 'user', id: newId('usr') } as const;
  const agent = { kind: 'agent', id: newId('agt'), owner: user.id } as const;

  it('is the person, or all agents of one owner together', () => {
    assert.deepEqual(placeOf(user), { group: user.id, member: user.id });
    assert.deepEqual(placeOf(agent), { group: `agents of ${user.id}`, member: agent.id });
  });

  it("is Portcullis's own where nobody waits for the answer, and theirs who do", () => {
    const system = { kind: 'system', component: 'file_links' } as const;
    assert.equal(placeOf(system).group, systemGroup);
    assert.deepEqual(placeOf({ ...system, onBehalfOf: agent }), placeOf(agent));
  });
});
