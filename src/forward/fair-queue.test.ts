import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFairQueue } from './fair-queue.ts';

describe('a fair queue', () => {
  it('serves the lines in turns, and each in order', () => {
    const queue = createFairQueue<string>();
    for (const item of ['a1', 'a2', 'a3', 'a4']) queue.add('a', item);
    queue.add('b', 'b1');
    queue.add('c', 'c1');
    queue.add('b', 'b2');
    assert.equal(queue.size, 7);
    const served = Array.from({ length: 8 }, () => queue.next());
    assert.deepEqual(served, ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4', null]);
  });

  it('passes over a line whose first item is not ready, and keeps its turn', () => {
    const queue = createFairQueue<string>();
    queue.add('a', 'a1');
    queue.add('b', 'b1');
    assert.equal(
      queue.next(item => item !== 'a1'),
      'b1',
    );
    queue.add('b', 'b2');
    assert.equal(queue.next(), 'a1');
  });

  it('lets an item leave, once', () => {
    const queue = createFairQueue<string>();
    queue.add('a', 'a1');
    const leave = queue.add('a', 'a2');
    leave();
    leave();
    assert.deepEqual([...queue], ['a1']);
    assert.equal(queue.size, 1);
    queue.next();
    assert.equal(queue.waitsFor('a'), false);
  });
});
