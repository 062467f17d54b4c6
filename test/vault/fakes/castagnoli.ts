const polynomial = 0x1edc6f41;

/** CRC-32C bit by bit, as its definition has it: not the table that Portcullis reads, so that one mistake cannot hide another. */
export function castagnoli(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= mirrored(byte, 8) << 24;
    for (let bit = 0; bit < 8; bit++) rest = rest & 0x80000000 ? (rest << 1) ^ polynomial : rest << 1;
  }
  return (mirrored(rest, 32) ^ 0xffffffff) >>> 0;
}

function mirrored(value: number, bits: number): number {
  let mirror = 0;
  for (let bit = 0; bit < bits; bit++) if (value & (1 << bit)) mirror |= 1 << (bits - 1 - bit);
  return mirror;
}
