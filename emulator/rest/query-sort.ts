import { invalid } from '../http/errors.ts';
import type { Call } from '../http/route.ts';
import { array, object, oneOf, type Read, string, union } from '../http/shape.ts';
import type { DataSourceNode, PageNode, PropertyConfig, PropertyValue } from '../world/records.ts';
import { plainText } from '../world/rich-text.ts';
import { propertyNamed } from './property-input.ts';
import { propertyObject } from './property-object.ts';
import { optionsOf } from './property-options.ts';

const direction = oneOf('ascending', 'descending');
export const sortsInput = array(
  union(
    object({ property: string(), direction }),
    object({ timestamp: oneOf('created_time', 'last_edited_time'), direction }),
  ),
);

type Key = string | number | null;

/** A comparison for `sort`: each sort in turn, then the newest first. Empty values come last either way. */
export function compileSorts(call: Call, source: DataSourceNode, sorts: Read<typeof sortsInput>) {
  const keys = sorts.map(sort => ({
    down: sort.direction === 'descending',
    keyOf: keyReader(call, source, sort),
  }));
  return (a: PageNode, b: PageNode): number => {
    for (const { down, keyOf } of keys) {
      const order = compareKeys(keyOf(a), keyOf(b), down);
      if (order !== 0) return order;
    }
    return b.createdAt - a.createdAt;
  };
}

function keyReader(call: Call, source: DataSourceNode, sort: Read<typeof sortsInput>[number]): (page: PageNode) => Key {
  if ('timestamp' in sort) return page => (sort.timestamp === 'created_time' ? page.createdAt : page.editedAt);
  const config = propertyNamed(source, sort.property);
  if (config === null) throw invalid(`Could not find sort property with name or id: ${sort.property}`);
  return page => sortKey(config, propertyObject(call, page, config));
}

/** What a value sorts by: options by their place in the schema, texts without regard to case. */
function sortKey(config: PropertyConfig, value: PropertyValue): Key {
  switch (value.type) {
    case 'title':
      return plainText(value.title).toLowerCase() || null;
    case 'rich_text':
      return plainText(value.rich_text).toLowerCase() || null;
    case 'select':
      return optionPlace(config, value.select?.id);
    case 'status':
      return optionPlace(config, value.status?.id);
    case 'multi_select':
      return value.multi_select.map(one => one.name.toLowerCase()).join(',') || null;
    case 'checkbox':
      return value.checkbox ? 1 : 0;
    case 'date':
      return value.date?.start ?? null;
    case 'unique_id':
      return value.unique_id.number;
    case 'people':
      return value.people.map(one => ('name' in one ? one.name : one.id)).join(',') || null;
    case 'relation':
      return value.relation.length;
    case 'files':
      return value.files[0]?.name ?? null;
    case 'created_by':
      return value.created_by.id;
    case 'last_edited_by':
      return value.last_edited_by.id;
    case 'number':
      return value.number;
    case 'created_time':
      return value.created_time;
    case 'last_edited_time':
      return value.last_edited_time;
    case 'url':
      return value.url;
    case 'email':
      return value.email;
    case 'phone_number':
      return value.phone_number;
    default:
      return null;
  }
}

function optionPlace(config: PropertyConfig, id: string | undefined): Key {
  if (id === undefined) return null;
  return optionsOf(config).findIndex(option => option.id === id);
}

function compareKeys(a: Key, b: Key, down: boolean): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  const order = a < b ? -1 : 1;
  return down ? -order : order;
}
