import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Ancestry } from '../domain/ancestry.ts';
import { newId } from '../domain/ids.ts';
import { placeCalls, type RecordedCall } from './past-calls.ts';

const ann = newId('usr');
const page = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const standing: Ancestry = { state: 'known', path: [{ kind: 'page', id: page }] };
const [key, consent, goneKey] = [newId('key'), newId('cns'), newId('key')];
const limit = { actions: new Set(['read'] as const), under: [page] };
const known = {
  places: new Map([[`page:${page}`, standing]]),
  limits: new Map([
    [key, null],
    [consent, limit],
  ]),
  members: new Map([[ann, 'viewer']]),
};

function aCallOf(given: Partial<RecordedCall> = {}): RecordedCall {
  const about = { id: newId('evt'), decision: null, time: new Date(0), operation: 'pages.retrieve', grants: [] };
  const by = { principal: ann, credential: key, door: 'rest', address: '' } as const;
  return {
    ...about,
    ...by,
    effect: 'allow',
    because: 'role',
    objects: [{ kind: 'page', id: page, action: 'read' }],
    ...given,
  };
}

describe('calls of the log that are judged again', () => {
  it('keep the limits of keys, and of the consents behind access tokens', () => {
    const { placed } = placeCalls([aCallOf(), aCallOf({ credential: consent })], known, null);
    assert.deepEqual(
      placed.map(({ asker }) => [asker.limit, asker.context.signIn?.strength]),
      [
        [null, 'key'],
        [limit, 'key'],
      ],
    );
  });

  it('are those of the policy, of members, with objects and keys that are known', () => {
    const elsewhere = { kind: 'page', id: '00000000-0000-4000-8000-000000000001', action: 'read' };
    const unplaced = [aCallOf({ credential: goneKey }), aCallOf({ objects: [elsewhere] }), aCallOf({ objects: [] })];
    const others = [aCallOf({ because: 'member' }), aCallOf({ principal: newId('usr') })];
    const found = placeCalls([...unplaced, ...others], known, null);
    assert.deepEqual([found.placed, found.unplaced], [[], unplaced]);
  });
});
