import { invalid } from '../../http/errors.ts';
import { propertyNamed } from '../../rest/property-input.ts';
import type { DataSourceNode, PropertyConfig } from '../../world/records.ts';
import { idOf } from '../reference.ts';
import type { SimpleValue } from './simple-values.ts';

/** A value as a tool takes it. Lists may be JSON text or a list. */
export type GivenValue = SimpleValue | boolean | readonly SimpleValue[];

/**
 * Flat values as the REST API's `properties`. A page outside any data source has a `title` and nothing else.
 * @throws ApiError 400 where a name is not in the schema or a value does not fit
 */
export function propertyInputs(
  source: DataSourceNode | null,
  values: Readonly<Record<string, GivenValue>>,
): Record<string, object> {
  const inputs: Record<string, object> = {};
  for (const [column, value] of Object.entries(values)) {
    const date = /^date:(.+):(start|end|is_datetime)$/.exec(column);
    const name = date?.[1] ?? column.replace(/^userDefined:/, '');
    const config = source === null ? null : named(source, name);
    if (date === null) inputs[config?.name ?? name] = inputOf(config, value);
    else if (date[2] !== 'is_datetime') {
      const before = inputs[name] === undefined ? {} : Reflect.get(inputs[name], 'date');
      inputs[name] = { date: value === null ? null : { ...before, [date[2] ?? '']: value } };
    }
  }
  return inputs;
}

/** The title of a row may be called `title`, even if the schema has another name for it. */
function named(source: DataSourceNode, name: string): PropertyConfig {
  const config = propertyNamed(source, name) ?? (name === 'title' ? propertyNamed(source, 'title') : null);
  if (config === null)
    throw invalid(`Property "${name}" not found in data source. Fetch the data source for its schema.`);
  return config;
}

function inputOf(config: PropertyConfig | null, value: GivenValue): object {
  const type = config?.type ?? 'title';
  switch (type) {
    case 'title':
    case 'rich_text':
      return { [type]: value === null || value === '' ? [] : [{ text: { content: String(value) } }] };
    case 'number':
      return { number: value === null ? null : Number(value) };
    case 'checkbox':
      return { checkbox: value === true || value === '__YES__' };
    case 'select':
    case 'status':
      return { [type]: value === null ? null : { name: String(value) } };
    case 'multi_select':
      return { multi_select: listOf(value).map(name => ({ name })) };
    case 'people':
      return { people: listOf(value).map(one => ({ id: idOf(one) })) };
    case 'relation':
      return { relation: listOf(value).map(one => ({ id: idOf(one) })) };
    case 'date':
      return { date: value === null ? null : { start: String(value) } };
    default:
      return { [type]: value };
  }
}

/** `["a","b"]` as a list or as text, or `a, b`. */
function listOf(value: GivenValue): string[] {
  if (value === null || value === '') return [];
  if (Array.isArray(value)) return value.map(String);
  const text = String(value).trim();
  if (!text.startsWith('[')) return text.split(',').map(part => part.trim());
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed.map(String) : [text];
  } catch {
    return [text];
  }
}
