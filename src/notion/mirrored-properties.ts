import type { MirroredProperties, PropertyValue } from '../domain/grant.ts';

type Json = Readonly<Record<string, unknown>>;

/** The title of a page, and the properties that conditions test, in the form in which conditions compare them. */
export function mirrorProperties(
  properties: unknown,
  tested: ReadonlySet<string>,
): { readonly title: string | null; readonly properties: MirroredProperties } {
  const mirrored: Record<string, PropertyValue | readonly PropertyValue[]> = {};
  let title: string | null = null;
  if (!isRecord(properties)) return { title, properties: mirrored };
  for (const [name, value] of Object.entries(properties)) {
    if (!isRecord(value)) continue;
    if (value.type === 'title') title = plainText(value.title);
    const shown = tested.has(name) ? mirror(value) : null;
    if (shown !== null) mirrored[name] = shown;
  }
  return { title, properties: mirrored };
}

/** Entries that a page object shows of one property (https://developers.notion.com/reference/page-property-values). */
const shownMax = 25;
/** Properties of which a page does not say that there is more. */
const stopsShort: ReadonlySet<unknown> = new Set(['people', 'title', 'rich_text']);

/** What people read in a rich text. */
export function plainText(richText: unknown): string {
  if (!Array.isArray(richText)) return '';
  return richText.map(part => (isRecord(part) && typeof part.plain_text === 'string' ? part.plain_text : '')).join('');
}

/** Null for an empty value, and for one that cannot be compared. */
function mirror(value: Json): PropertyValue | readonly PropertyValue[] | null {
  const content = value[String(value.type)];
  // What a page leaves out could be what a condition tests for.
  if (stopsShort.has(value.type) && Array.isArray(content) && content.length >= shownMax) return null;
  switch (value.type) {
    case 'title':
    case 'rich_text':
      return plainText(content);
    case 'select':
    case 'status':
      return isRecord(content) ? nameOf(content) : null;
    case 'multi_select':
      return Array.isArray(content)
        ? content.flatMap(option => (isRecord(option) ? (nameOf(option) ?? []) : []))
        : null;
    case 'date':
      return isRecord(content) && typeof content.start === 'string' ? content.start : null;
    case 'people':
      return Array.isArray(content) ? content.flatMap(one => (isRecord(one) ? (idOf(one) ?? []) : [])) : null;
    case 'number':
    case 'checkbox':
    case 'url':
    case 'email':
    case 'phone_number':
    case 'created_time':
    case 'last_edited_time':
      return isComparable(content) ? content : null;
    default:
      return null;
  }
}

function nameOf({ name }: Json): string | null {
  return typeof name === 'string' ? name : null;
}

function idOf({ id }: Json): string | null {
  return typeof id === 'string' ? id : null;
}

function isComparable(value: unknown): value is PropertyValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
