import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base = BigInt(alphabet.length);

/** 256 bits need 43 digits of base 62 (62^43 > 2^256), and the 32 bits of a CRC need 6. */
const entropyDigits = 43;
const checksumDigits = 6;
const shape = /^pcl_[0-9A-Za-z]{49}$/;

/** Notion's own tokens begin with this. Some clients refuse to send a token that begins otherwise. */
const notionPrefix = 'ntn_';

/**
 * Makes an API key: `pcl_`, then 256 random bits in 43 digits of base 62, then the CRC-32 of those 43 characters in 6
 * digits of base 62. With the prefix and the checksum (the scheme of GitHub's and npm's tokens), a secret scanner
 * recognises a leaked key without asking a server. The digits are `0-9A-Za-z`; each number has its most significant
 * digit first.
 */
export function mintApiKey(): string {
  const entropy = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), entropyDigits);
  return `pcl_${entropy}${checksumOf(entropy)}`;
}

/** The same key in the form of a Notion token: `ntn_pcl_…`. */
export function asNotionToken(key: string): string {
  return `${notionPrefix}${key}`;
}

/**
 * Reads a key from text, plain (`pcl_…`) or in the form of a Notion token (`ntn_pcl_…`). Null unless the text has the
 * form of a key and the right checksum. The key need not exist.
 */
export function readApiKey(text: string): string | null {
  const key = text.startsWith(notionPrefix) ? text.slice(notionPrefix.length) : text;
  if (!shape.test(key)) return null;
  return key.slice(-checksumDigits) === checksumOf(key.slice('pcl_'.length, -checksumDigits)) ? key : null;
}

/**
 * The last characters of a key, by which people tell keys apart on a screen. They belong to the checksum, so they
 * reveal nothing of the secret.
 */
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
