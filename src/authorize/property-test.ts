import type { Ancestry } from '../domain/ancestry.ts';
import type { MirroredProperties, PropertyTest, PropertyValue } from '../domain/grant.ts';
import { type ConditionResult, yesIf } from './condition-result.ts';

/**
 * Compares a property of the object's page. If that page has no such property, the nearest page above it that has one
 * counts. A page whose properties were not read may have it, so the pages above it do not count.
 */
export function testProperty(name: string, test: PropertyTest, object: { readonly state: string }): ConditionResult {
  const value = isKnown(object) ? nearestValue(name, object) : undefined;
  return value === undefined ? 'missing' : compare(value, test);
}

type Known = Extract<Ancestry, { state: 'known' }>;

function isKnown(object: { readonly state: string }): object is Known {
  return object.state === 'known';
}

function nearestValue(name: string, { path, properties }: Known): MirroredProperties[string] | undefined {
  for (const { kind, id } of path) {
    if (kind !== 'page') continue;
    const known = properties?.get(id);
    if (known === undefined) return undefined;
    if (Object.hasOwn(known, name)) return known[name];
  }
  return undefined;
}

/** A value of another type than the test's cannot be compared: it counts as missing. */
function compare(value: PropertyValue | readonly PropertyValue[], test: PropertyTest): ConditionResult {
  if ('contains' in test) return contains(value, test.contains);
  if (typeof value === 'object') return 'missing';
  if ('atLeast' in test) return isAtLeast(value, test.atLeast);
  if ('in' in test) return test.in.some(wanted => sameType(value, wanted)) ? yesIf(test.in.includes(value)) : 'missing';
  const wanted = 'is' in test ? test.is : test.isNot;
  return sameType(value, wanted) ? yesIf((value === wanted) === 'is' in test) : 'missing';
}

function contains(value: PropertyValue | readonly PropertyValue[], wanted: string): ConditionResult {
  if (typeof value === 'string') return yesIf(value.includes(wanted));
  if (typeof value !== 'object') return 'missing';
  return value.every(item => typeof item === 'string') ? yesIf(value.includes(wanted)) : 'missing';
}

/** Dates compare as moments (ISO 8601; a day begins in UTC), other text by its code units. */
function isAtLeast(value: PropertyValue, wanted: number | string): ConditionResult {
  if (!sameType(value, wanted)) return 'missing';
  const from = momentOf(wanted);
  if (from === null) return yesIf(value >= wanted);
  const moment = momentOf(value);
  return moment === null ? 'missing' : yesIf(moment >= from);
}

const isoDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Milliseconds since 1970, or null for a text that is no date. A time without a zone is UTC. */
export function momentOf(value: unknown): number | null {
  const parts = typeof value === 'string' ? isoDate.exec(value) : null;
  if (parts === null) return null;
  const withoutZone = parts[1] !== undefined && parts[4] === undefined;
  const moment = Date.parse(withoutZone ? `${value}Z` : String(value));
  return Number.isNaN(moment) ? null : moment;
}

function sameType(value: unknown, wanted: unknown): boolean {
  return typeof value === typeof wanted && !Number.isNaN(value) && !Number.isNaN(wanted);
}
