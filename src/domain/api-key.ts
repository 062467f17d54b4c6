import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base = BigInt(alphabet.length);

/** 256 bits take 43 digits of base 62 (62^43 > 2^256), and 32 bits of CRC take 6. */
const entropyDigits = 43;
const checksumDigits = 6;
const shape = /^pcl_[0-9A-Za-z]{49}$/;

/**
 * Makes an API key: `pcl_`, then 256 random bits in 43 digits of base 62, then the CRC-32 of those 43 characters in 6
 * digits of base 62. The prefix and the checksum (the scheme of GitHub's and npm's tokens) let a secret scanner tell a
 * leaked key from a random word without asking anybody. All digits of the numbers are `0-9A-Za-z`, most significant first.
 */
export function mintApiKey(): string {
  const entropy = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), entropyDigits);
  return `pcl_${entropy}${checksumOf(entropy)}`;
}

/** Whether a text has the form of a key and its checksum is right. Says nothing about whether such a key exists. */
export function isWellFormedKey(text: string): boolean {
  if (!shape.test(text)) return false;
  return text.slice(-checksumDigits) === checksumOf(text.slice('pcl_'.length, -checksumDigits));
}

/** The characters by which people tell keys apart on a screen. They belong to the checksum, so they tell nothing. */
export function endingOfKey(key: string): string {
  return key.slice(-4);
}

function checksumOf(entropy: string): string {
  return base62(BigInt(crc32(entropy)), checksumDigits);
}

function base62(value: bigint, digits: number): string {
  let rest = value;
  let text = '';
  for (let i = 0; i < digits; i++) {
    text = (alphabet[Number(rest % base)] ?? '') + text;
    rest /= base;
  }
  return text;
}
