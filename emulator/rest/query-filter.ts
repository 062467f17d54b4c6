import { type ApiError, invalid } from '../http/errors.ts';
import type { Call } from '../http/route.ts';
import { isPlain } from '../http/shape.ts';
import { isSince, RICH_TEXT_SINCE } from '../http/versions.ts';
import type { DataSourceNode, PageNode, PropertyConfig, PropertyValue } from '../world/records.ts';
import { plainText } from '../world/rich-text.ts';
import {
  type Condition,
  checkboxCondition,
  dateCondition,
  existenceCondition,
  listCondition,
  numberCondition,
  optionCondition,
  optionListCondition,
  textCondition,
} from './filter-conditions.ts';
import { propertyNamed } from './property-input.ts';
import { propertyObject } from './property-object.ts';

export type Predicate = (page: PageNode) => boolean;

const NESTING_MAX = 2;

/** Turns the `filter` of a query into a test of rows; anything it cannot read is a validation error. */
export function compileFilter(call: Call, source: DataSourceNode, filter: unknown): Predicate {
  return filter === undefined ? () => true : compile(call, source, filter, 'body.filter', 0);
}

function compile(call: Call, source: DataSourceNode, filter: unknown, path: string, depth: number): Predicate {
  if (!isPlain(filter)) throw refusal(path, 'an object', filter);
  for (const operator of ['and', 'or'] as const) {
    const parts = filter[operator];
    if (parts === undefined) continue;
    if (!Array.isArray(parts)) throw refusal(`${path}.${operator}`, 'an array', parts);
    if (depth > NESTING_MAX) throw refusal(`${path}.${operator}`, 'not present', parts);
    const tests = parts.map((part, index) => compile(call, source, part, `${path}.${operator}[${index}]`, depth + 1));
    return operator === 'and' ? page => tests.every(test => test(page)) : page => tests.some(test => test(page));
  }
  if (typeof filter.timestamp === 'string') return timestampTest(call, filter, path);
  if (typeof filter.property !== 'string') throw orOfVariants(path);
  return propertyTest(call, source, filter.property, filter, path);
}

function timestampTest(call: Call, filter: Record<string, unknown>, path: string): Predicate {
  const name = filter.timestamp;
  if (name !== 'created_time' && name !== 'last_edited_time') {
    throw refusal(`${path}.timestamp`, '`"created_time"` or `"last_edited_time"`', name);
  }
  const test = dateCondition(filter[name], `${path}.${name}`, call.world.clock.now());
  return page => test(new Date(name === 'created_time' ? page.createdAt : page.editedAt).toISOString());
}

function propertyTest(
  call: Call,
  source: DataSourceNode,
  name: string,
  filter: Record<string, unknown>,
  path: string,
): Predicate {
  const config = propertyNamed(source, name);
  if (config === null) throw invalid(`Could not find property with name or id: ${name}`);
  const kind = Object.keys(filter).find(key => key !== 'property' && key !== 'type');
  if (kind === undefined) throw orOfVariants(path);
  if (kind !== config.type && !INTERCHANGEABLE.has(`${config.type}/${kind}`) && !takesOld(call, config.type, kind)) {
    throw invalid(`database property ${config.type} does not match filter ${kind}`);
  }
  const test = valueTest(config, filter[kind], `${path}.${kind}`, call.world.clock.now());
  return page => test(propertyObject(call, page, config));
}

/** A title may be filtered as text and the other way round, as the service allows. */
const INTERCHANGEABLE = new Set([
  'title/rich_text',
  'rich_text/title',
  'url/rich_text',
  'email/rich_text',
  'phone_number/rich_text',
]);

/** Before 2022-02-22 texts were filtered by `text`, and phone numbers by `phone` as well. */
function takesOld({ version }: Call, type: PropertyConfig['type'], kind: string): boolean {
  if (isSince(version, RICH_TEXT_SINCE)) return false;
  return (kind === 'text' && TEXTS.has(type)) || (kind === 'phone' && type === 'phone_number');
}

const TEXTS = new Set(['title', 'rich_text', 'url', 'email', 'phone_number']);

/** The test of one property value, by the type of the property. */
function valueTest(config: PropertyConfig, condition: unknown, path: string, now: number): Condition<PropertyValue> {
  switch (config.type) {
    case 'title':
    case 'rich_text':
    case 'url':
    case 'email':
    case 'phone_number': {
      const test = textCondition(condition, path);
      return value => test(textOfValue(value));
    }
    case 'number':
    case 'unique_id': {
      const test = numberCondition(condition, path);
      return value => test(numberOfValue(value));
    }
    case 'checkbox': {
      const test = checkboxCondition(condition, path);
      return value => test(value.type === 'checkbox' && value.checkbox);
    }
    case 'select':
    case 'status': {
      const test = optionCondition(condition, path);
      return value => test(value.type === 'select' ? value.select : value.type === 'status' ? value.status : null);
    }
    case 'multi_select': {
      const test = optionListCondition(condition, path);
      return value => test(value.type === 'multi_select' ? value.multi_select : []);
    }
    case 'date':
    case 'created_time':
    case 'last_edited_time': {
      const test = dateCondition(condition, path, now);
      return value => test(dateOfValue(value));
    }
    case 'people':
    case 'relation':
    case 'created_by':
    case 'last_edited_by': {
      const test = listCondition(condition, path);
      return value => test(idsOfValue(value));
    }
    case 'files': {
      const test = existenceCondition(condition, path);
      return value => test(value.type !== 'files' || value.files.length === 0);
    }
    default:
      throw invalid(`Properties of type ${config.type} cannot be filtered.`);
  }
}

function textOfValue(value: PropertyValue): string {
  if (value.type === 'title') return plainText(value.title);
  if (value.type === 'rich_text') return plainText(value.rich_text);
  if (value.type === 'url') return value.url ?? '';
  if (value.type === 'email') return value.email ?? '';
  return value.type === 'phone_number' ? (value.phone_number ?? '') : '';
}

function numberOfValue(value: PropertyValue): number | null {
  if (value.type === 'number') return value.number;
  return value.type === 'unique_id' ? value.unique_id.number : null;
}

function dateOfValue(value: PropertyValue): string | null {
  if (value.type === 'date') return value.date?.start ?? null;
  if (value.type === 'created_time') return value.created_time;
  return value.type === 'last_edited_time' ? value.last_edited_time : null;
}

function idsOfValue(value: PropertyValue): string[] {
  if (value.type === 'people') return value.people.map(one => one.id);
  if (value.type === 'relation') return value.relation.map(one => one.id);
  if (value.type === 'created_by') return [value.created_by.id];
  return value.type === 'last_edited_by' ? [value.last_edited_by.id] : [];
}

function refusal(path: string, expectation: string, actual: unknown): ApiError {
  const shown = actual === undefined ? 'undefined' : JSON.stringify(actual).slice(0, 55);
  return invalid(`body failed validation: ${path} should be ${expectation}, instead was \`${shown}\`.`);
}

function orOfVariants(path: string): ApiError {
  const missing = ['or', 'and', 'property', 'timestamp'].map(
    key => `${path}.${key} should be defined, instead was \`undefined\`.`,
  );
  return invalid(`body failed validation. Fix one:\n${missing.join('\n')}`);
}
