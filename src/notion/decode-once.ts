/** The named references of HTML for characters that have a meaning in links. There are none for digits and dashes. */
const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  sol: '/',
  bsol: '\\',
  colon: ':',
  period: '.',
  num: '#',
  quest: '?',
  equals: '=',
  lpar: '(',
  rpar: ')',
  lsqb: '[',
  rsqb: ']',
  lcub: '{',
  rcub: '}',
  lowbar: '_',
  commat: '@',
  nbsp: '\u00a0',
};

const reference = /&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,6}));/g;
const backslashed = /\\([!-/:-@[-`{-~])/g;
const percent = /(?:%[0-9a-fA-F]{2})+/g;

/**
 * A text as its reader may understand it: Markdown's backslashes, HTML's character references and percent escapes each
 * undone once, in this order. Linear in the length of the text.
 */
export function decodeOnce(text: string): string {
  let decoded = text;
  if (decoded.includes('\\')) decoded = decoded.replace(backslashed, '$1');
  if (decoded.includes('&')) decoded = decoded.replace(reference, characterOf);
  if (decoded.includes('%')) decoded = decoded.replace(percent, unescapeBytes);
  return decoded;
}

function characterOf(whole: string, decimal?: string, hexadecimal?: string, name?: string): string {
  if (name !== undefined) return Object.hasOwn(named, name) ? (named[name] ?? whole) : whole;
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}

function unescapeBytes(escapes: string): string {
  return Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8');
}
