/**
 * A name or title from a stranger, as one line. Control characters, line ends and direction marks become spaces:
 * direction marks change how the text around them reads. The two joiners stay, because emoji and several scripts need
 * them. At most `charsMax` characters; empty if there is nothing to see.
 */
export function plainText(text: string, charsMax: number): string {
  const plain = text.replace(strange, ' ').trim();
  return [...plain.slice(0, 2 * charsMax)].slice(0, charsMax).join('').trim();
}

const strange = /(?:(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}])+/gu;
