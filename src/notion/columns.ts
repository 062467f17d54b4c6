/** One column of a data source, as Notion shows it (https://developers.notion.com/reference/property-object). */
export interface Column {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** The settings of its type. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** The columns of a data source. */
export type Columns = readonly Column[];

/**
 * Reads the columns in an answer that shows a data source, or a database in the form of older versions. Null if there
 * are none.
 */
export function readColumns(answer: unknown): Columns | null {
  if (!isRecord(answer) || !isRecord(answer.properties)) return null;
  return Object.entries(answer.properties).flatMap(([key, column]) => {
    if (!isRecord(column) || typeof column.type !== 'string' || typeof column.id !== 'string') return [];
    const config = column[column.type];
    return { id: column.id, name: key, type: column.type, config: isRecord(config) ? config : {} };
  });
}

/** A column by its name or its id, which some places spell percent-encoded. */
export function columnNamed(schema: Columns, key: unknown): Column | null {
  const [first = null, ...others] = columnsNamed(schema, key);
  return others.find(({ name }) => name === key) ?? first;
}

/**
 * All columns that a key may mean. People choose names, so the name of one column may be the id of another, and it is
 * not documented which of them Notion takes.
 */
export function columnsNamed(schema: Columns, key: unknown): Columns {
  if (typeof key !== 'string') return [];
  return schema.filter(({ id, name }) => name === key || id === key || decoded(id) === decoded(key));
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
