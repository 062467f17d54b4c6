/** Whether U+0000 stands anywhere in a value that JSON can spell, keys included. PostgreSQL stores no text with it. */
export function hasNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasNul);
  return Object.entries(value).some(([key, item]) => key.includes('\0') || hasNul(item));
}
