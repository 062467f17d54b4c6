import { printable } from './printable.ts';

/**
 * A field of RFC 4180. What a spreadsheet would take for a formula is marked as text: titles are written by people who may
 * have another workspace's reader in mind. Also behind a semicolon, which separates fields in many countries, and there
 * behind quotes, which then are none of ours.
 */
export function csvField(value: string | number | boolean | null): string {
  const text = printable(value === null ? '' : String(value));
  const harmless = text.replace(/((?:^|;)[\s"]*)(?=[=+\-@＝＋－＠])/g, "$1'");
  return /[",';]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
