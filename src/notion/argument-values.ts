import { isJsonObject, type JsonObject } from './strict-json.ts';

/** A value in the arguments of a tool, and how to put another in its place. */
export interface Found {
  readonly value: unknown;
  readonly put: (value: unknown) => void;
}

/** Every value at a dotted path; `*` steps through a list. A missing value is not found. */
export function valuesAt(args: JsonObject, path: string): Found[] {
  let places: Found[] = [{ value: args, put: () => {} }];
  for (const key of path.split('.')) places = places.flatMap(place => below(place.value, key));
  return places;
}

function below(value: unknown, key: string): Found[] {
  if (key === '*') return Array.isArray(value) ? value.map((_entry, index) => at(value, index)) : [];
  if (!isJsonObject(value) || !Object.hasOwn(value, key) || value[key] === undefined) return [];
  return [at(value, key)];
}

function at(holder: object, key: PropertyKey): Found {
  return {
    value: Reflect.get(holder, key),
    put(other) {
      Reflect.set(holder, key, other);
    },
  };
}

/** Every string in a value, however deep. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(stringsIn) : [];
}
