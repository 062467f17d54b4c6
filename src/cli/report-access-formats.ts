import { csvField } from '../domain/csv-field.ts';
import { printable, printableJson } from '../domain/printable.ts';
import type { Shapes } from './remote.ts';

type ListedConnection = Shapes['ReportedConnection'];
type ListedItem = Shapes['ReachedItem'];

export type ReportFormat = 'table' | 'csv' | 'json';

/**
 * The form in which a report is printed. Strangers wrote the titles, so no control character of a title reaches the
 * terminal.
 */
interface Format {
  /** Lines before the objects. */
  head(connections: readonly ListedConnection[]): string[];
  item(item: ListedItem): string;
}

const columns = ['connection', 'id', 'object', 'title', 'root', 'publicUrl', 'url'] as const;

export const accessFormats: Readonly<Record<ReportFormat, Format>> = {
  table: {
    head: connections => [...connections.flatMap(tableOfConnection), tableOfHeadings],
    item: ({ id, object, title, root, publicUrl }) =>
      printable(
        [
          id,
          object.padEnd(11),
          (root === null ? '?' : root ? 'root' : '').padEnd(4),
          publicUrl === null ? '      ' : 'public',
          title,
        ].join('  '),
      ),
  },
  csv: {
    head: () => [columns.join(',')],
    item: item => columns.map(column => csvField(item[column])).join(','),
  },
  json: {
    head: connections => connections.map(connection => printableJson({ type: 'connection', ...connection })),
    item: item => printableJson({ type: 'object', ...item }),
  },
};

const tableOfHeadings = ['id'.padEnd(36), 'object'.padEnd(11), 'root', 'public', 'title'].join('  ');

function tableOfConnection({ id, kind, status, reach, capabilities }: ListedConnection): string[] {
  const lines = capabilities.map(({ name, state, verdict, advice, learnedBy }) =>
    `  ${name.padEnd(47)}  ${state.padEnd(7)}  ${verdict.padEnd(7)}  ${advice ?? learnedBy ?? ''}`.trimEnd(),
  );
  return [`${id}  ${kind}  ${status}${reach === 'listed' ? '' : `  (${reach})`}`, ...lines, ''].map(printable);
}
