/** A string of the Cedar language. */
export function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/** A pattern that anything may stand before and after. */
export function containing(text: string): string {
  return `"*${escaped(text).replaceAll('*', '\\*')}*"`;
}

function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to be written otherwise.
  return text.replace(/[\\"\u0000-\u001f\u007f-\u009f]/g, character => {
    if (character === '\\' || character === '"') return `\\${character}`;
    return `\\u{${character.charCodeAt(0).toString(16)}}`;
  });
}

/** A number as Cedar's decimal; null: it has more than four decimals, or is too large. */
export function decimal(value: number): string | null {
  const text = value.toFixed(4);
  return Number(text) === value && Math.abs(value) < 2 ** 49 ? text : null;
}

/** The attribute for a property, by the type of its value: Cedar's attributes have one type each. */
export function attribute(property: string, type: 'text' | 'number' | 'flag' | 'list' | 'moment'): string {
  return quoted(`${property}:${type}`);
}

export const entityIds = { everyone: 'everyone', workspace: 'workspace' } as const;
