import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asNotionToken, endingOfKey, mintApiKey, readApiKey } from './api-key.ts';

const characters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const isWellFormedKey = (text: string) => readApiKey(text) !== null;

describe('API keys', () => {
  it('are pcl_, 43 characters of entropy and 6 of checksum', () => {
    for (let i = 0; i < 200; i++) {
      const key = mintApiKey();
      assert.match(key, /^pcl_[0-9A-Za-z]{49}$/);
      assert.ok(isWellFormedKey(key), key);
    }
  });

  it('are never the same twice', () => {
    assert.equal(new Set(Array.from({ length: 500 }, mintApiKey)).size, 500);
  });

  it('differ from a key with any one character changed, without a question to a server', () => {
    const character = fc.constantFrom(...characters);
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 52 }), character, (at, other) => {
        const key = mintApiKey();
        fc.pre(key[at] !== other);
        return !isWellFormedKey(key.slice(0, at) + other + key.slice(at + 1));
      }),
      { numRuns: 2_000 },
    );
  });

  it("are the same in the dress of Notion's tokens, for clients that send nothing else", () => {
    const key = mintApiKey();
    const dressed = asNotionToken(key);
    assert.equal(dressed, `ntn_${key}`);
    assert.equal(readApiKey(dressed), key);
    assert.equal(readApiKey(key), key);
    for (const other of [`ntn_${dressed}`, `secret_${key}`, `NTN_${key}`, `ntn_${key.slice(4)}`, `ntn_ ${key}`]) {
      assert.equal(readApiKey(other), null, other);
    }
    const ofScanners = /\b(?:ntn_)?pcl_[0-9A-Za-z]{49}\b/;
    assert.equal(ofScanners.exec(`TOKEN=${dressed}`)?.[0], dressed);
    assert.equal(ofScanners.exec(`TOKEN="${key}"`)?.[0], key);
  });

  it('are told from any other text', () => {
    const key = mintApiKey();
    const others = [
      `${key}\n`,
      ` ${key}`,
      key.slice(0, -1),
      `${key}0`,
      key.toLowerCase(),
      key.replace('pcl_', 'ghp_'),
      '',
    ];
    for (const other of others) assert.equal(isWellFormedKey(other), false, JSON.stringify(other));
    fc.assert(fc.property(fc.string(), text => !isWellFormedKey(text)));
  });

  it('have a checksum that other programs can compute', () => {
    assert.ok(isWellFormedKey(`pcl_${'0'.repeat(43)}${fixedChecksum()}`));
  });

  it('show only characters of the checksum', () => {
    const key = mintApiKey();
    assert.equal(endingOfKey(key), key.slice(-4));
  });
});

/** CRC-32 (ISO-HDLC) of 43 zeros, bit by bit, in base 62: written independently of the code under test. */
function fixedChecksum(): string {
  let crc = 0xffffffff;
  for (const byte of Buffer.from('0'.repeat(43))) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  let text = '';
  for (let i = 0; i < 6; i++) {
    text = `${characters[rest % 62]}${text}`;
    rest = Math.floor(rest / 62);
  }
  return text;
}
