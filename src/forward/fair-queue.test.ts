import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFairQueue } from './fair-queue.ts';

/** A queue of words such as `a1x`: group a, member 1. */
function aQueue(sizeMax = 100) {
  const displaced: string[] = [];
  const queue = createFairQueue<string>({ sizeMax, onDisplaced: item => displaced.push(item) });
  const placeOf = (item: string) => ({ group: item[0] ?? '', member: item[1] ?? '' });
  return {
    queue,
    displaced,
    add: (...items: string[]) => items.map(item => queue.add(placeOf(item), item)),
    drain(): string[] {
      const served: string[] = [];
      for (let item = queue.next(); item !== null; item = queue.next()) served.push(item);
      return served;
    },
  };
}

describe('a fair queue', () => {
  it('serves the groups in turns, and each line in order', () => {
    const { queue, add, drain } = aQueue();
    add('a1p', 'a1q', 'a1r', 'a1s', 'b1p', 'c1p', 'b1q');
    assert.equal(queue.size, 7);
    assert.deepEqual(drain(), ['a1p', 'b1p', 'c1p', 'a1q', 'b1q', 'a1r', 'a1s']);
    assert.equal(queue.size, 0);
  });

  it('gives a group no more turns for having many members, and them turns among each other', () => {
    const { add, drain } = aQueue();
    add('a1p', 'a1q', 'a2p', 'a3p', 'b1p', 'b1q');
    assert.deepEqual(drain(), ['a1p', 'b1p', 'a2p', 'b1q', 'a3p', 'a1q']);
  });

  it('passes over a line whose first item is not ready, and keeps its turn', () => {
    const { queue, add, drain } = aQueue();
    add('a1p', 'a2p', 'b1p');
    assert.equal(
      queue.next(item => item !== 'a1p'),
      'a2p',
    );
    add('b1q');
    assert.deepEqual(drain(), ['b1p', 'a1p', 'b1q']);
  });

  it('lets an item leave, once', () => {
    const { queue, add } = aQueue();
    const [, leave] = add('a1p', 'a1q');
    leave?.();
    leave?.();
    assert.deepEqual([...queue], ['a1p']);
    assert.equal(queue.size, 1);
    queue.next();
    assert.equal(queue.waitsFor({ group: 'a', member: '1' }), false);
  });

  it('when full, takes the last of those who have most for one of those who have few', () => {
    const { queue, add, displaced } = aQueue(4);
    add('a1p', 'a2p', 'a2q', 'a2r');
    assert.deepEqual(add('a1q'), [null], 'a group displaces none of its own');
    add('b1p');
    assert.deepEqual(displaced, ['a2r']);
    assert.deepEqual([...queue], ['a1p', 'a2p', 'a2q', 'b1p']);
    add('b1q');
    assert.deepEqual(add('b1r'), [null], 'and none once they are even');
    assert.deepEqual(displaced, ['a2r', 'a2q']);
  });
});
