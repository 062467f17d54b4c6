import type { GetPagePropertyResponse, PropertyItemListResponse, PropertyItemObjectResponse } from '@notionhq/client';
import { invalid } from '../http/errors.ts';
import { invalidCursor, openCursor, PAGE_SIZE_MAX, type Paging, pagedQuery, sealCursor } from '../http/pagination.ts';
import { type Call, type Route, route } from '../http/route.ts';
import { object, string, uuid } from '../http/shape.ts';
import type { PageNode, PropertyValue } from '../world/records.ts';
import { dataSourceOfRow } from '../world/tree.ts';
import { propertyInUrl } from './filter-properties.ts';
import { findPage } from './lookup.ts';
import { propertiesObject, propertyObject } from './property-object.ts';

export const propertyItemRoutes: readonly Route[] = [
  route('GET', '/v1/pages/:page_id/properties/:property_id', {
    needs: 'read_content',
    params: object({ page_id: uuid, property_id: string() }),
    query: pagedQuery,
    handle(call, { params, query }) {
      const page = findPage(call, params.page_id);
      return propertyItem(call, page, valueNamed(call, page, params.property_id), query);
    },
  }),
];

function valueNamed(call: Call, page: PageNode, key: string): PropertyValue {
  const source = dataSourceOfRow(call.world, page);
  if (source === null) {
    const title = key === 'title' ? propertiesObject(call, page, null, null).title : undefined;
    if (title !== undefined) return title;
  } else {
    const config = propertyInUrl(source, key);
    if (config !== null) return propertyObject(call, page, config);
  }
  throw invalid(`Could not find property with name or id: ${key}`);
}

/** Texts, people, relations and rollup arrays come item by item in pages; every other type comes whole. */
function propertyItem(call: Call, page: PageNode, value: PropertyValue, paging: Paging): GetPagePropertyResponse {
  const items = itemsOf(value);
  if (items === null) return { object: 'property_item', ...value } as PropertyItemObjectResponse;
  const size = paging.page_size ?? PAGE_SIZE_MAX;
  const start = paging.start_cursor === undefined ? 0 : offset(paging.start_cursor);
  const next = start + size < items.length ? sealCursor(`${start + size}`) : null;
  const nextUrl = next === null ? null : nextPage(call, page, value.id, next, size);
  return {
    object: 'list',
    results: items.slice(start, start + size),
    next_cursor: next,
    has_more: next !== null,
    type: 'property_item',
    property_item: summary(value, nextUrl),
  };
}

function itemsOf(value: PropertyValue): PropertyItemObjectResponse[] | null {
  const { id } = value;
  const item = { object: 'property_item' as const, id };
  switch (value.type) {
    case 'title':
      return value.title.map(title => ({ ...item, type: 'title', title }));
    case 'rich_text':
      return value.rich_text.map(text => ({ ...item, type: 'rich_text', rich_text: text }));
    case 'relation':
      return value.relation.map(relation => ({ ...item, type: 'relation', relation }));
    case 'people':
      return value.people.flatMap(one => (one.object === 'user' ? [{ ...item, type: 'people', people: one }] : []));
    case 'rollup':
      if (value.rollup.type !== 'array') return [];
      return value.rollup.array.map(entry => ({ ...item, ...entry }) as PropertyItemObjectResponse);
    default:
      return null;
  }
}

type Summary = PropertyItemListResponse['property_item'];

function summary(value: PropertyValue, nextUrl: string | null): Summary {
  const common = { id: value.id, next_url: nextUrl };
  if (value.type !== 'rollup') return { ...common, type: value.type, [value.type]: {} } as Summary;
  const rollup = value.rollup.type === 'array' ? { ...value.rollup, array: [] } : value.rollup;
  return { ...common, type: 'rollup', rollup } as Summary;
}

/** Absolute, like every URL of the service. */
function nextPage(call: Call, page: PageNode, propertyId: string, cursor: string, size: number): string {
  return `${call.baseUrl}/v1/pages/${page.id}/properties/${propertyId}?start_cursor=${cursor}&page_size=${size}`;
}

function offset(cursor: string): number {
  const start = Number(openCursor(cursor));
  if (!Number.isSafeInteger(start) || start < 0) throw invalidCursor(cursor);
  return start;
}
