import type { NotionRef } from '../../domain/page-index.ts';
import { canonicalId } from '../../notion/ids.ts';
import { isObject, type Json } from '../read-answer.ts';
import type { Findings } from './findings.ts';
import { blankUser, partialUser } from './people.ts';
import { blankRichText } from './rich-text.ts';

/** Values that show no other object. */
const plain: ReadonlySet<unknown> = new Set([
  ...['number', 'select', 'multi_select', 'status', 'date', 'email', 'phone_number', 'checkbox', 'created_time'],
  ...['last_edited_time', 'unique_id', 'button', 'place', 'unsupported'],
]);

/**
 * The value of a property (https://developers.notion.com/reference/page-property-values), or one entry of it. The
 * caller of this function handles formulas and rollups; entries of a rollup are examined here.
 *
 * @returns false for an unknown type, which must not be shown
 */
export function blankValue(value: Json, findings: Findings): boolean {
  const { type } = value;
  if (plain.has(type)) return true;
  switch (type) {
    case 'title':
    case 'rich_text':
      blankRichText(value[type], findings);
      return true;
    case 'relation':
      blankRelation(value, findings);
      return true;
    case 'people':
      blankPeople(value, findings);
      return true;
    case 'created_by':
    case 'last_edited_by':
      blankUser(value, type, findings);
      return true;
    case 'files':
      for (const file of objectsIn(value.files)) blankFile(file, findings);
      return true;
    case 'url':
      findings.link(value, 'url', null);
      return true;
    case 'verification':
      if (isObject(value.verification)) blankUser(value.verification, 'verified_by', findings);
      return true;
    case 'formula':
      return true;
    case 'rollup':
      return blankRollup(value.rollup, findings);
    default:
      return false;
  }
}

/** A file, icon or cover. What Notion hosts gets a link of the gate's; a link to elsewhere may lead into Notion. */
export function blankFile(file: Json, findings: Findings): void {
  if (isObject(file.external)) findings.link(file.external, 'url', '');
}

/** The page that an entry of a relation names. */
function relatedPage(entry: unknown): NotionRef | null {
  const id = isObject(entry) && typeof entry.id === 'string' ? canonicalId(entry.id) : null;
  return id === null ? null : { kind: 'page', id };
}

/** Null or empty, in the shape of the value: Notion writes an empty computed value like this (rule 14). */
export function emptyComputed(value: Json): void {
  const { type } = value;
  const computed = typeof type === 'string' ? value[type] : null;
  if (!isObject(computed) || typeof computed.type !== 'string') return;
  const empty =
    computed.type === 'array' ? [] : computed.type === 'unsupported' || computed.type === 'incomplete' ? {} : null;
  computed[computed.type] = empty;
}

function blankRelation(value: Json, findings: Findings): void {
  if (!Array.isArray(value.relation)) return;
  for (const entry of value.relation) {
    const page = relatedPage(entry);
    const hide = () => {
      value.relation = (value.relation as unknown[]).filter(other => other !== entry);
      if ('has_more' in value) value.has_more = false;
    };
    if (page === null) findings.blank(hide);
    else findings.shows([page], hide);
  }
}

/** Whole lists of people on a page, one of them where a property is read by itself. */
function blankPeople(value: Json, findings: Findings): void {
  if (!Array.isArray(value.people)) blankUser(value, 'people', findings);
  else if (!findings.people && value.people.length > 0) {
    findings.blank(() => {
      value.people = objectsIn(value.people).map(partialUser);
    });
  }
}

function blankRollup(rollup: unknown, findings: Findings): boolean {
  if (!isObject(rollup)) return false;
  if (rollup.type !== 'array') return ['number', 'date', 'unsupported', 'incomplete'].includes(String(rollup.type));
  const entries = Array.isArray(rollup.array) ? rollup.array : [];
  const known = entries.filter(entry => isObject(entry) && blankValue(entry, findings));
  if (known.length < entries.length) {
    findings.blank(() => {
      rollup.array = known;
    });
  }
  return true;
}

function objectsIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
