/** The pattern of (I)LIKE for a text at any place. No character of it is a wildcard. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
