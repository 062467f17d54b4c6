/** The pattern of (I)LIKE for a text that stands anywhere: nothing in it is a wildcard. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
