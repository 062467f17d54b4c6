import type { Call } from '../http/route.ts';
import type { PageNode, PropertyConfig, PropertyValue } from '../world/records.ts';
import { plainText } from '../world/rich-text.ts';
import { visibleNode } from './lookup.ts';

export const ROLLUP_FUNCTIONS = [
  'count',
  'count_values',
  'empty',
  'not_empty',
  'unique',
  'show_unique',
  'percent_empty',
  'percent_not_empty',
  'sum',
  'average',
  'median',
  'min',
  'max',
  'range',
  'earliest_date',
  'latest_date',
  'date_range',
  'checked',
  'unchecked',
  'percent_checked',
  'percent_unchecked',
  'count_per_group',
  'percent_per_group',
  'show_original',
] as const;

export type RollupConfig = Extract<PropertyConfig, { type: 'rollup' }>;
type Rollup = Extract<PropertyValue, { type: 'rollup' }>['rollup'];
type Entry = Extract<Rollup, { type: 'array' }>['array'][number];
type ReadProperty = (page: PageNode, propertyId: string) => PropertyValue | null;

/** The value of a rollup: what the related rows, as far as the caller sees them, hold in one of their properties. */
export function rollupValue(call: Call, page: PageNode, config: RollupConfig, read: ReadProperty): Rollup {
  const relation = page.properties[config.rollup.relation_property_id];
  const rows = relation?.type === 'relation' ? relation.relation : [];
  const values = rows.flatMap(({ id }) => {
    const row = visibleNode(call, id);
    return row?.kind === 'page' && !row.inTrash ? (read(row, config.rollup.rollup_property_id) ?? []) : [];
  });
  const name = config.rollup.function;
  if (name === 'show_original') return { type: 'array', array: values.map(entryOf), function: name };
  if (name === 'show_unique') return { type: 'array', array: uniqueEntries(values), function: name };
  if (name === 'earliest_date' || name === 'latest_date' || name === 'date_range') return dateRollup(name, values);
  return { type: 'number', number: numberRollup(name, values), function: name };
}

function entryOf({ id: _id, ...value }: PropertyValue): Entry {
  return value as Entry;
}

function uniqueEntries(values: PropertyValue[]): Entry[] {
  return [...new Map(values.map(value => [JSON.stringify(entryOf(value)), entryOf(value)])).values()];
}

function dateRollup(name: 'earliest_date' | 'latest_date' | 'date_range', values: PropertyValue[]): Rollup {
  const dates = values
    .flatMap(value => (value.type === 'date' && value.date !== null ? [value.date.start] : []))
    .sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return { type: 'date', date: null, function: name };
  const start = name === 'latest_date' ? last : first;
  const end = name === 'date_range' ? last : null;
  return { type: 'date', date: { start, end, time_zone: null }, function: name };
}

function numberRollup(name: (typeof ROLLUP_FUNCTIONS)[number], values: PropertyValue[]): number | null {
  const filled = values.filter(value => !isEmpty(value)).length;
  const checked = values.filter(value => value.type === 'checkbox' && value.checkbox).length;
  const share = (part: number) => (values.length === 0 ? 0 : part / values.length);
  switch (name) {
    case 'count':
      return values.length;
    case 'count_values':
    case 'not_empty':
      return filled;
    case 'empty':
      return values.length - filled;
    case 'unique':
      return uniqueEntries(values).length;
    case 'percent_empty':
      return share(values.length - filled);
    case 'percent_not_empty':
      return share(filled);
    case 'checked':
      return checked;
    case 'unchecked':
      return values.length - checked;
    case 'percent_checked':
      return share(checked);
    case 'percent_unchecked':
      return share(values.length - checked);
    default:
      return arithmetic(name, values.flatMap(numbersOf));
  }
}

function arithmetic(name: string, numbers: number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined) return name === 'sum' ? 0 : null;
  const sum = numbers.reduce((total, one) => total + one, 0);
  const middle = Math.floor(sorted.length / 2);
  switch (name) {
    case 'sum':
      return sum;
    case 'average':
      return sum / numbers.length;
    case 'median':
      return sorted.length % 2 === 1
        ? (sorted[middle] ?? null)
        : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
    case 'min':
      return low;
    case 'max':
      return high;
    case 'range':
      return high - low;
    default:
      return null;
  }
}

function numbersOf(value: PropertyValue): number[] {
  if (value.type === 'number' && value.number !== null) return [value.number];
  if (value.type === 'formula' && value.formula.type === 'number' && value.formula.number !== null) {
    return [value.formula.number];
  }
  return [];
}

/** Whether a value shows as nothing. */
function isEmpty(value: PropertyValue): boolean {
  if (value.type === 'title') return plainText(value.title) === '';
  if (value.type === 'checkbox') return !value.checkbox;
  const content = (value as unknown as Record<string, unknown>)[value.type];
  return content === null || content === '' || (Array.isArray(content) && content.length === 0);
}
