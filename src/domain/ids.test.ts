import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isId, newId } from './ids.ts';

describe('ids', () => {
  // More ids than the count can number within a millisecond.
  const ids = Array.from({ length: 20_000 }, () => newId('evt'));

  it('sort in the order they were made, also within a millisecond', () => {
    assert.deepEqual(ids.toSorted(), ids);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('are UUIDv7 of the time they were made', () => {
    const beforeMs = Date.now();
    const id = newId('evt');
    assert.match(id, /^evt_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.ok(isId('evt', id));
    const ms = Number.parseInt(id.replaceAll('-', '').slice(4, 16), 16);
    assert.ok(Math.abs(ms - beforeMs) < 5_000);
  });
});
