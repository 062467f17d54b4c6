import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32c } from './remote-keys.ts';

describe('crc32c', () => {
  const upwards = Uint8Array.from({ length: 32 }, (_, index) => index);
  for (const [name, bytes, sum] of [
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['counting up', upwards, 0x46dd794e],
    ['counting down', upwards.toReversed(), 0x113fdb5c],
  ] as const) {
    it(`is that of RFC 3720 appendix B.4: ${name}`, () => assert.equal(crc32c(bytes), sum));
  }

  it('is the check value of the catalogue of parametrised CRC algorithms', () => {
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  });
});
