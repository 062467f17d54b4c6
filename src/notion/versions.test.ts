import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNotionVersion, unknownVersionMessage } from './versions.ts';

describe('Notion-Version', () => {
  it('is reported in exactly the words of Notion when it is unknown', () => {
    assert.equal(
      unknownVersionMessage('banana'),
      'Notion-Version header failed validation: Notion-Version header should be `"2021-05-11"`, `"2021-05-13"`, ' +
        '`"2021-08-16"`, `"2022-02-22"`, `"2022-06-28"`, `"2025-09-03"`, or `"2026-03-11"`, instead was `"banana"`.',
    );
  });

  it('is one of the published seven', () => {
    for (const value of ['', '2026-06-01', '2022-06-28 ', '2025-09-03, 2025-09-03', null, undefined, ['2022-06-28']]) {
      assert.equal(isNotionVersion(value), false);
    }
    assert.equal(isNotionVersion('2022-06-28'), true);
  });
});
