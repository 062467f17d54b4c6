import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { until } from '../../test/until.ts';
import { hourMs } from '../domain/units.ts';
import { createKeyMemory, type OpenedKey } from './key-memory.ts';

const aKey = (): OpenedKey => ({
  key: { kid: 'wk_1', bytes: randomBytes(64) },
  from: '',
  openedMs: 0,
  askedMs: 0,
});
const isOverwritten = ({ key }: OpenedKey) => key.bytes.every(byte => byte === 0);

describe('keys in memory', () => {
  it('are overwritten when they are crowded out, replaced, forgotten or grow old', async () => {
    const memory = createKeyMemory({ sizeMax: 2, keepMs: hourMs });
    const [crowded, replaced, forgotten, kept] = [aKey(), aKey(), aKey(), aKey()];
    memory.set('a', crowded);
    memory.set('b', replaced);
    memory.set('b', kept);
    memory.set('c', forgotten);
    memory.delete('c');
    assert.deepEqual([crowded, replaced, forgotten, kept].map(isOverwritten), [true, true, true, false]);
    const old = aKey();
    const brief = createKeyMemory({ sizeMax: 2, keepMs: 1 });
    brief.set('a', old);
    await until('it to leave', async () => brief.get('a') === undefined);
    assert.ok(isOverwritten(old));
  });

  it('are overwritten only when the last one who works with them is done', async () => {
    const memory = createKeyMemory({ sizeMax: 2, keepMs: hourMs });
    const opened = aKey();
    memory.set('a', opened);
    const ends: (() => void)[] = [];
    const works = [1, 2].map(() => memory.lend(opened, () => new Promise<void>(resolve => void ends.push(resolve))));
    memory.delete('a');
    assert.equal(isOverwritten(opened), false);
    ends[0]?.();
    await works[0];
    assert.equal(isOverwritten(opened), false);
    ends[1]?.();
    await works[1];
    assert.ok(isOverwritten(opened));
  });

  it('are lent to nobody once they have left, and given back by work that fails', async () => {
    const memory = createKeyMemory({ sizeMax: 2, keepMs: hourMs });
    const opened = aKey();
    memory.set('a', opened);
    await assert.rejects(
      memory.lend(opened, async () => Promise.reject(new Error('broken'))),
      /broken/,
    );
    memory.delete('a');
    assert.ok(isOverwritten(opened));
    assert.equal(await memory.lend(opened, async () => 'worked'), null);
  });
});
