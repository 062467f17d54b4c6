import type { Call } from '../http/route.ts';
import type { PageNode, PropertyConfig, PropertyValue } from '../world/records.ts';
import { visibleNode } from './lookup.ts';

type RelationConfig = Extract<PropertyConfig, { type: 'relation' }>;
type RelationValue = Extract<PropertyValue, { type: 'relation' }>;

/** A relation to the rows that the caller may see. */
export function visibleRelation(call: Call, value: RelationValue): RelationValue {
  return { ...value, relation: value.relation.filter(({ id }) => visibleNode(call, id) !== null) };
}

/** Writes the other side of a two-way relation: rows that were added point back, rows that were removed no longer do. */
export function syncRelation(
  call: Call,
  page: PageNode,
  config: RelationConfig,
  before: PropertyValue | undefined,
): void {
  if (config.relation.type !== 'dual_property') return;
  const backId = config.relation.dual_property.synced_property_id;
  const old = new Set(idsOf(before));
  const now = new Set(idsOf(page.properties[config.id]));
  for (const id of now) if (!old.has(id)) setBack(call, id, backId, ids => [...ids, page.id]);
  for (const id of old) if (!now.has(id)) setBack(call, id, backId, ids => ids.filter(one => one !== page.id));
}

function setBack(call: Call, rowId: string, propertyId: string, change: (ids: string[]) => string[]): void {
  const row = call.world.nodes.get(rowId);
  if (row?.kind !== 'page') return;
  const ids = new Set(change(idsOf(row.properties[propertyId])));
  row.properties[propertyId] = { id: propertyId, type: 'relation', relation: [...ids].map(id => ({ id })) };
}

function idsOf(value: PropertyValue | undefined): string[] {
  return value?.type === 'relation' ? value.relation.map(one => one.id) : [];
}
