import { printable } from './printable.ts';

/**
 * Writes a field of RFC 4180. Text that a spreadsheet would read as a formula is marked as text, because the author of
 * a title may want to attack the reader in another workspace. The mark is also set behind a semicolon, because many
 * countries separate fields with it. Quotes behind a semicolon are part of the text there, not ours.
 */
export function csvField(value: string | number | boolean | null): string {
  const text = printable(value === null ? '' : String(value));
  const harmless = text.replace(/((?:^|;)[\s"]*)(?=[=+\-@＝＋－＠])/g, "$1'");
  return /[",';]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
