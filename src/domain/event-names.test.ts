import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTest, sourcesBelow } from '../../test/tidy/source.ts';
import { eventNames } from './event-names.ts';

describe('the table of events', () => {
  it('has no event that nothing writes: the compiler sees to the other direction', async () => {
    const sources = (await sourcesBelow('src')).filter(
      file => !isTest(file) && file.path !== 'src/domain/event-names.ts',
    );
    const text = sources.map(file => file.text).join('\n');
    const unwritten = Object.keys(eventNames).filter(name => !text.includes(`'${name}'`));
    assert.deepEqual(unwritten, []);
  });

  it('has names in one style, but for the two of the source system', () => {
    const others = Object.keys(eventNames).filter(name => !/^[a-z_]+\.[a-z_]+$/.test(name));
    assert.deepEqual(others, ['workspace_authorized', 'workspace_deauthorized']);
  });
});
