import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base = BigInt(alphabet.length);

/** 256 bits take 43 digits of base 62 (62^43 > 2^256), and 32 bits of CRC take 6. */
const entropyDigits = 43;
const checksumDigits = 6;
const shape = /^pcl_[0-9A-Za-z]{49}$/;

/** How Notion's own tokens begin. Some clients send nothing that begins otherwise. */
const notionPrefix = 'ntn_';

/**
 * Makes an API key: `pcl_`, then 256 random bits in 43 digits of base 62, then the CRC-32 of those 43 characters in 6
 * digits of base 62. The prefix and the checksum (the scheme of GitHub's and npm's tokens) let a secret scanner tell a
 * leaked key from a random word without asking anybody. All digits of the numbers are `0-9A-Za-z`, most significant first.
 */
export function mintApiKey(): string {
  const entropy = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), entropyDigits);
  return `pcl_${entropy}${checksumOf(entropy)}`;
}

/** The same key in the dress of a token of Notion's: `ntn_pcl_…`. */
export function asNotionToken(key: string): string {
  return `${notionPrefix}${key}`;
}

/**
 * The key that a text spells, plain (`pcl_…`) or dressed as a token of Notion's (`ntn_pcl_…`); null unless it has the form
 * of a key and its checksum is right. Says nothing about whether such a key exists.
 */
export function readApiKey(text: string): string | null {
  const key = text.startsWith(notionPrefix) ? text.slice(notionPrefix.length) : text;
  if (!shape.test(key)) return null;
  return key.slice(-checksumDigits) === checksumOf(key.slice('pcl_'.length, -checksumDigits)) ? key : null;
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
