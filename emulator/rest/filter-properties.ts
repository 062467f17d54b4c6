import { invalid } from '../http/errors.ts';
import { array, looseObject, optional, type Shape, string } from '../http/shape.ts';
import type { DataSourceNode, PropertyConfig } from '../world/records.ts';

/** `filter_properties` of a query string: once, or repeated. */
const filterProperties: Shape<string[]> = {
  read: (value, path) => array(string()).read(typeof value === 'string' ? [value] : value, path),
};
export const filterQuery = looseObject({ filter_properties: optional(filterProperties) });

/** Which properties an answer shows: all, or these ids. */
export type Selection = ReadonlySet<string> | null;

/**
 * The properties that `filter_properties` names, by id or name. `source` is null for a page outside any data source.
 * @throws ApiError 400 where there is no such property
 */
export function selectionOf(source: DataSourceNode | null, keys: readonly string[] | undefined): Selection {
  return keys === undefined ? null : new Set(keys.map(key => idInUrl(source, key)));
}

function idInUrl(source: DataSourceNode | null, key: string): string {
  const id = source === null ? (key === 'title' ? key : undefined) : propertyInUrl(source, key)?.id;
  if (id === undefined) throw invalid(`Could not find property with name or id: ${key}`);
  return id;
}

/**
 * Finds a property that a URL names. Answers show ids url-encoded (`%3ANHe`). In a URL that spelling is encoded *once*,
 * so what is read from one is `:NHe`; an id that was encoded twice is not found (notion-sdk-js PR 402).
 */
export function propertyInUrl(source: DataSourceNode, key: string): PropertyConfig | null {
  for (const config of source.schema.values()) {
    if (decodeURIComponent(config.id) === key || config.name === key) return config;
  }
  return null;
}
