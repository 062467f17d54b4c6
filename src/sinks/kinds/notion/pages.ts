import type { ColumnName, Row } from './columns.ts';

/** Notion takes at most this much in one piece of rich text (UTF-16 code units). */
const textMax = 2_000;

/** The body that makes a row. Columns that the data source does not have are left out. */
export function newPage(dataSourceId: string, row: Row, columns: ReadonlySet<string>): object {
  const properties = {
    Action: { title: richText(row.Action) },
    User: { rich_text: richText(row.User) },
    Result: { select: { name: row.Result } },
    Resource: { rich_text: richText(row.Resource) },
    Timestamp: { date: { start: row.Timestamp } },
    ...(columns.has('Reason') && { Reason: { rich_text: richText(row.Reason) } }),
    ...(columns.has('Decision') && { Decision: { rich_text: richText(row.Decision) } }),
  };
  return { parent: { type: 'data_source_id', data_source_id: dataSourceId }, properties };
}

function richText(content: string) {
  return content === '' ? [] : [{ type: 'text', text: { content: content.slice(0, textMax) } }];
}

/** A database with the columns, below a page. */
export function newDatabase(pageId: string): object {
  const empty = { title: { title: {} }, rich_text: { rich_text: {} }, date: { date: {} } };
  const options = [
    { name: 'success', color: 'green' },
    { name: 'denied', color: 'red' },
    { name: 'error', color: 'yellow' },
  ];
  return {
    parent: { type: 'page_id', page_id: pageId },
    title: richText('Audit log'),
    initial_data_source: {
      properties: {
        Action: empty.title,
        User: empty.rich_text,
        Result: { select: { options } },
        Resource: empty.rich_text,
        Timestamp: empty.date,
        Reason: empty.rich_text,
        Decision: empty.rich_text,
      },
    },
  };
}

/** Minutes around a time: Notion may keep less of a time than it was given. */
const aroundMs = 60_000;

/**
 * The question whether a row is there. If there is a column `Decision`, its id is enough. Otherwise it asks for rows
 * with that action at about that time, and `isThatRow` recognises the right one.
 */
export function findPage(row: Row, columns: ReadonlySet<string>): object {
  if (columns.has('Decision')) {
    return { page_size: 1, filter: { property: 'Decision', rich_text: { equals: row.Decision } } };
  }
  const at = Date.parse(row.Timestamp);
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    page_size: 100,
    filter: {
      and: [
        { property: 'Action', title: { equals: row.Action } },
        { property: 'Timestamp', date: { on_or_after: iso(at - aroundMs) } },
        { property: 'Timestamp', date: { on_or_before: iso(at + aroundMs) } },
      ],
    },
  };
}

/** Whether a page that Notion shows is that row. */
export function isThatRow(page: unknown, row: Row): boolean {
  const { properties } = page as { properties?: Readonly<Record<string, unknown>> };
  const at = (name: ColumnName) => shownText(properties?.[name]);
  return (
    at('User') === row.User &&
    at('Result') === row.Result &&
    at('Resource') === row.Resource &&
    Date.parse(at('Timestamp')) === Date.parse(row.Timestamp)
  );
}

interface ShownProperty {
  readonly rich_text?: readonly { readonly plain_text: string }[];
  readonly select?: { readonly name: string } | null;
  readonly date?: { readonly start: string } | null;
}

function shownText(property: unknown): string {
  const { rich_text: text, select, date } = (property ?? {}) as ShownProperty;
  return text?.map(({ plain_text: plain }) => plain).join('') ?? select?.name ?? date?.start ?? '';
}
