/** Whether a JSON value has U+0000 anywhere, keys included. PostgreSQL cannot store such text. */
export function hasNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasNul);
  return Object.entries(value).some(([key, item]) => key.includes('\0') || hasNul(item));
}
