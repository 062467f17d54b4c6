import type { NotionRef } from '../../domain/page-index.ts';
import { isObject, type Json } from '../read-answer.ts';
import type { Findings } from './findings.ts';
import { hideColumnsElsewhere } from './hidden-columns.ts';
import { objectsNamed } from './parent.ts';

/** Types of columns that are known (https://developers.notion.com/reference/property-object). */
const types: ReadonlySet<unknown> = new Set([
  ...['title', 'rich_text', 'number', 'select', 'multi_select', 'status', 'date', 'people', 'files', 'checkbox', 'url'],
  ...['email', 'phone_number', 'formula', 'relation', 'rollup', 'created_time', 'created_by', 'last_edited_time'],
  ...['last_edited_by', 'unique_id', 'verification', 'button', 'place', 'location', 'last_visited_time'],
]);

/** Replaces the id of a hidden object in places where Notion's types demand an id. */
const noId = '00000000-0000-0000-0000-000000000000';

/** The columns of a data source: the data sources that they lead to, and what they say about the columns there. */
export function blankSchema(holder: Json, findings: Findings): void {
  const { properties } = holder;
  if (!isObject(properties)) return;
  const targets = targetsByName(properties);
  const all = [...targets.values()].flat();
  for (const [name, column] of Object.entries(properties)) {
    if (!isObject(column) || !types.has(column.type)) findings.blank(() => delete properties[name]);
    else if (isObject(column.relation)) blankRelation(column.relation, targets.get(name) ?? [], findings);
    else if (isObject(column.rollup) || isObject(column.formula)) {
      if (isObject(column.rollup)) blankRollup(column.rollup, targets, all, findings);
      else if (isObject(column.formula)) blankFormula(column.formula, all, findings);
      for (const object of all) findings.masked.push({ object, hide: names => hideColumnsElsewhere(column, names) });
    }
  }
}

function targetsByName(properties: Json): ReadonlyMap<string, NotionRef[]> {
  const targets = new Map<string, NotionRef[]>();
  for (const [name, column] of Object.entries(properties)) {
    if (isObject(column) && isObject(column.relation)) targets.set(name, objectsNamed(column.relation) ?? []);
  }
  return targets;
}

function blankRelation(relation: Json, targets: readonly NotionRef[], findings: Findings): void {
  findings.shows(targets, () => {
    for (const key of ['database_id', 'data_source_id']) if (key in relation) relation[key] = noId;
    for (const key of ['dual_property', 'synced_property_id', 'synced_property_name']) delete relation[key];
    if ('type' in relation) Object.assign(relation, { type: 'single_property', single_property: {} });
  });
}

/** A rollup names a column of the data source that it looks into. */
function blankRollup(
  rollup: Json,
  targets: ReadonlyMap<string, NotionRef[]>,
  all: readonly NotionRef[],
  findings: Findings,
): void {
  findings.shows(targets.get(String(rollup.relation_property_name)) ?? all, () => {
    Object.assign(rollup, { rollup_property_name: '', rollup_property_id: '' });
  });
}

/** So may a formula, through any relation. */
function blankFormula(formula: Json, all: readonly NotionRef[], findings: Findings): void {
  findings.shows(all, () => {
    formula.expression = '';
  });
}
