import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plainText } from './printable.ts';

describe('plain text', () => {
  it('is one line without control characters and direction marks', () => {
    assert.equal(plainText('a\u0000\u001b[31mb\r\nc\u2028d', 100), 'a [31mb c d');
    assert.equal(plainText('\u202eexe.fdp\u202c \u2066x\u2069', 100), 'exe.fdp   x');
    assert.equal(plainText(' \u200b\u202e\n ', 100), '');
  });

  it('keeps joiners, and cuts between characters', () => {
    assert.equal(plainText('👩‍💻', 100), '👩‍💻');
    assert.equal(plainText('🐎🐎🐎', 2), '🐎🐎');
    assert.equal(plainText(`${'x'.repeat(500_000)}`, 3), 'xxx');
  });
});
