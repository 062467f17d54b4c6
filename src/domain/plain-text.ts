/**
 * A name or title that a stranger wrote, as one line: control characters, line ends, and direction marks, which change how
 * the text around them reads, become spaces. The two joiners stay, which emoji and several scripts are written with. At most
 * `charsMax` characters; empty when there is nothing to see.
 */
export function plainText(text: string, charsMax: number): string {
  const plain = text.replace(strange, ' ').trim();
  return [...plain.slice(0, 2 * charsMax)].slice(0, charsMax).join('').trim();
}

const strange = /(?:(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}])+/gu;
