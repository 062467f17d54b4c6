import type { DecidedCall } from '../domain/decided-call.ts';
import { columnNamed, columnsNamed, readColumns } from '../notion/columns.ts';
import { testedColumns } from '../notion/tested-columns.ts';
import { Findings, type ShownBy } from './blank/findings.ts';
import { blankRichText } from './blank/rich-text.ts';
import { blankValue } from './blank/values.ts';
import { texts } from './computed.ts';
import { isObject, type Json, parseObject } from './read-answer.ts';
import type { Sight } from './sight.ts';

/** The columns that a request filters and sorts by, by name or id. A search looks at titles. */
export function testedBy({ call }: DecidedCall): readonly string[] {
  const { target } = call.operation;
  const body = target?.kind === 'notion' && Buffer.isBuffer(target.body) ? parseObject(target.body) : null;
  if (body === null) return [];
  const columns = testedColumns(body).map(({ column }) => column);
  return typeof body.query === 'string' && body.query !== '' ? [...columns, 'title'] : columns;
}

/**
 * Whether the presence of this row in the list, or its position, reveals a hidden property of the row. Other rows of
 * the same table may show it (rule 14).
 */
export function tellsHidden(row: unknown, tested: readonly string[], hidden: ReadonlySet<string>): boolean {
  if (tested.length === 0 || hidden.size === 0) return false;
  const columns = readColumns(row) ?? [];
  return tested.some(key => {
    const meant = columnsNamed(columns, key);
    return meant.length === 0 || meant.some(({ name }) => hidden.has(name));
  });
}

/**
 * The objects in the texts that may have brought a row into this list: Notion also searches the titles of the pages
 * that a text mentions.
 */
export function shownByTested(row: unknown, tested: readonly string[], sight: Sight): ShownBy {
  const findings = new Findings(sight);
  return findings.during(() => {
    if (isObject(row)) for (const key of tested) walkTested(row, key, findings);
  });
}

function walkTested(row: Json, key: string, findings: Findings): void {
  if (key === 'title' && Array.isArray(row.title)) blankRichText(row.title, findings);
  const column = columnNamed(readColumns(row) ?? [], key);
  const value = column && texts.has(column.type) && isObject(row.properties) ? row.properties[column.name] : null;
  if (isObject(value)) blankValue(value, findings);
}
