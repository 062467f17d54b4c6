/*
 * Most JSON in a log is plain: ASCII without escapes, whole numbers. Of such text it can be seen byte by byte whether it is
 * canonical (RFC 8785), in a fraction of the time that parsing it and writing it again takes.
 */

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const openList = 0x5b;
const backslash = 0x5c;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
/** Characters that are written as they are in a string. */
const ordinary = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte <= 0x7e && byte !== quote && byte !== backslash ? 1 : 0,
);
const words = [Buffer.from('true'), Buffer.from('false'), Buffer.from('null')];
/** As many digits as every number has exactly. */
const digitsMax = 15;
const depthMax = 32;

/**
 * Whether this part is plain and canonical JSON as a whole. False decides nothing: the part may be canonical and not
 * plain.
 */
export function isPlainCanonicalJson(bytes: Uint8Array, from = 0, to = bytes.length): boolean {
  return afterValue(bytes, from, 0) === to;
}

/** Each of these answers where what begins at `at` has ended; -1 if it is not plain and canonical. */
function afterValue(bytes: Uint8Array, at: number, depth: number): number {
  const first = bytes[at];
  if (first === quote) return afterString(bytes, at);
  if (first === openObject) return depth < depthMax ? afterObject(bytes, at, depth) : -1;
  if (first === openList) return depth < depthMax ? afterList(bytes, at, depth) : -1;
  if (first === minus || (first !== undefined && first >= zero && first <= nine)) return afterNumber(bytes, at);
  for (const word of words) {
    let length = 0;
    while (length < word.length && bytes[at + length] === word[length]) length += 1;
    if (length === word.length) return at + length;
  }
  return -1;
}

function afterString(bytes: Uint8Array, at: number): number {
  let next = at + 1;
  while (ordinary[bytes[next] as number] === 1) next += 1;
  return bytes[next] === quote ? next + 1 : -1;
}

function afterNumber(bytes: Uint8Array, at: number): number {
  const start = bytes[at] === minus ? at + 1 : at;
  let next = start;
  while (isDigit(bytes[next])) next += 1;
  const digits = next - start;
  const leadingZero = bytes[start] === zero && (digits > 1 || start > at);
  return digits === 0 || digits > digitsMax || leadingZero ? -1 : next;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= nine;
}

function afterList(bytes: Uint8Array, at: number, depth: number): number {
  if (bytes[at + 1] === closeList) return at + 2;
  for (let next = at + 1; ; next++) {
    next = afterValue(bytes, next, depth + 1);
    if (next < 0 || bytes[next] === closeList) return next < 0 ? -1 : next + 1;
    if (bytes[next] !== comma) return -1;
  }
}

function afterObject(bytes: Uint8Array, at: number, depth: number): number {
  if (bytes[at + 1] === closeObject) return at + 2;
  let before = -1;
  let beforeEnd = -1;
  for (let next = at + 1; ; next++) {
    const name = next;
    if (bytes[name] !== quote) return -1;
    const nameEnd = afterString(bytes, name);
    if (nameEnd < 0 || bytes[nameEnd] !== colon) return -1;
    if (before >= 0 && !comesBefore(bytes, before, beforeEnd, name)) return -1;
    before = name;
    beforeEnd = nameEnd;
    next = afterValue(bytes, nameEnd + 1, depth + 1);
    if (next < 0 || bytes[next] === closeObject) return next < 0 ? -1 : next + 1;
    if (bytes[next] !== comma) return -1;
  }
}

/** Whether the first name sorts before the second, each with its quotes; false for equal names. */
function comesBefore(bytes: Uint8Array, name: number, nameEnd: number, other: number): boolean {
  for (let at = 1; name + at < nameEnd; at++) {
    const ours = bytes[name + at] as number;
    const theirs = bytes[other + at] as number;
    if (ours === theirs) continue;
    // The end of a name is before everything that could go on with it.
    if (name + at === nameEnd - 1) return true;
    return theirs !== quote && ours < theirs;
  }
  return false;
}
