/** What a formula computes with: Notion's four result types. */
export type FormulaResult = string | number | boolean | Date | null;

type FormulaFunction = (values: readonly FormulaResult[], now: Date) => FormulaResult;

const DAY_MS = 86_400_000;

/** The functions that the emulator knows, by name; `prop` is not among them because it reads the row. */
export const formulaFunctions: ReadonlyMap<string, FormulaFunction> = new Map<string, FormulaFunction>([
  ['if', ([test, yes = null, no = null]) => (truthy(test) ? yes : no)],
  ['ifs', values => chosen(values)],
  ['empty', ([value]) => !truthy(value)],
  ['concat', values => values.map(text).join('')],
  ['length', ([value]) => text(value).length],
  ['upper', ([value]) => text(value).toUpperCase()],
  ['lower', ([value]) => text(value).toLowerCase()],
  ['trim', ([value]) => text(value).trim()],
  ['contains', ([value, part]) => text(value).includes(text(part))],
  ['substring', ([value, from, to]) => text(value).slice(count(from), to === undefined ? undefined : count(to))],
  ['repeat', ([value, times]) => text(value).repeat(Math.min(Math.max(0, Math.trunc(count(times)) || 0), 1000))],
  ['format', ([value]) => text(value)],
  ['toNumber', ([value]) => count(value)],
  ['round', ([value, digits]) => rounded(count(value), count(digits))],
  ['floor', ([value]) => Math.floor(count(value))],
  ['ceil', ([value]) => Math.ceil(count(value))],
  ['abs', ([value]) => Math.abs(count(value))],
  ['sign', ([value]) => Math.sign(count(value))],
  ['sqrt', ([value]) => Math.sqrt(count(value))],
  ['pow', ([base, exponent]) => count(base) ** count(exponent)],
  ['mod', ([value, divisor]) => count(value) % count(divisor)],
  ['sum', values => values.map(count).reduce((total, value) => total + value, 0)],
  ['mean', values => values.map(count).reduce((total, value) => total + value, 0) / values.length],
  ['min', values => Math.min(...values.map(count))],
  ['max', values => Math.max(...values.map(count))],
  ['now', (_values, now) => now],
  ['today', (_values, now) => new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS)],
  ['year', ([value]) => (value instanceof Date ? value.getUTCFullYear() : null)],
  ['month', ([value]) => (value instanceof Date ? value.getUTCMonth() + 1 : null)],
  ['date', ([value]) => (value instanceof Date ? value.getUTCDate() : null)],
]);

/** The value of the first condition that holds: conditions and values take turns, and a last one alone is the default. */
function chosen(values: readonly FormulaResult[]): FormulaResult {
  for (let index = 0; index + 1 < values.length; index += 2) {
    if (truthy(values[index])) return values[index + 1] ?? null;
  }
  return values.length % 2 === 1 ? (values.at(-1) ?? null) : null;
}

function rounded(value: number, digits: number): number {
  const scale = 10 ** Math.trunc(digits);
  return Math.round(value * scale) / scale;
}

export function truthy(value: FormulaResult | undefined): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== '';
}

/** Dates count in milliseconds; what is empty counts nothing. */
export function count(value: FormulaResult | undefined): number {
  if (value instanceof Date) return value.getTime();
  return value === null || value === undefined ? 0 : Number(value);
}

export function text(value: FormulaResult | undefined): string {
  if (value instanceof Date) return value.toISOString();
  return value === null || value === undefined ? '' : String(value);
}
