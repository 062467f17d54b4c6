import { Table, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { Fragment, type ReactNode, useId, useRef, useState } from 'react';
import { Icon } from '../icons.tsx';
import type { ListState } from './list-state.ts';
import { useRovingFocus } from './roving-focus.ts';
import { RowDetail } from './row-detail.tsx';

/** A column: its heading, and its content for a row. */
export interface Column<Row> {
  readonly key: string;
  readonly label: string;
  /** Pressing the heading sorts by it. */
  readonly sortable?: boolean;
  /** Only on screens of this width and wider. */
  readonly from?: 'xs' | 'sm' | 'md';
  readonly width?: number;
  /** At the end of the row; its heading is for screen readers only. */
  readonly actions?: boolean;
  cell(row: Row): ReactNode;
}

interface ListTableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  /** Null for a list that has one order only. */
  readonly state: ListState | null;
  readonly busy?: boolean;
  keyOf(row: Row): string;
  classOf?(row: Row): string;
  /** What opens beneath a row, and what its button is about. */
  readonly detail?: { of(row: Row): string; content(row: Row): ReactNode };
}

/** The rows of a list. One press of Tab leads into it, and one out of it. */
export function ListTable<Row>(props: ListTableProps<Row>) {
  const { label, rows, columns, state, busy = false, keyOf, classOf, detail } = props;
  const table = useRef<HTMLTableElement>(null);
  const roving = useRovingFocus(table);
  const hint = useId();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string) => setOpened(before => toggled(before, key));
  return (
    <>
      <span id={hint} hidden>
        The arrow keys lead from row to row.
      </span>
      <Table ref={table} verticalSpacing="xs" aria-label={label} aria-describedby={hint} aria-busy={busy} {...roving}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(column => (
              <Heading key={column.key} column={column} state={state} />
            ))}
            {detail && (
              <Table.Th w={50}>
                <VisuallyHidden>Details</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(row => {
            const key = keyOf(row);
            return (
              <Fragment key={key}>
                <Table.Tr className={classOf?.(row) ?? ''}>
                  {columns.map(column => (
                    <Table.Td key={column.key} className="hostile" {...placeOf(column)}>
                      {column.cell(row)}
                    </Table.Td>
                  ))}
                  {detail && (
                    <RowDetail.Button
                      of={detail.of(row)}
                      opened={opened.has(key)}
                      id={key}
                      onToggle={() => toggle(key)}
                    />
                  )}
                </Table.Tr>
                {detail && opened.has(key) && (
                  <RowDetail.Row id={key} columns={columns.length + 1}>
                    {detail.content(row)}
                  </RowDetail.Row>
                )}
              </Fragment>
            );
          })}
        </Table.Tbody>
      </Table>
    </>
  );
}

function placeOf<Row>({ from, actions }: Column<Row>) {
  return { ...(from && { visibleFrom: from }), ...(actions && { ta: 'right' as const }) };
}

function Heading<Row>({ column, state }: { readonly column: Column<Row>; readonly state: ListState | null }) {
  const place = { ...placeOf(column), ...(column.width !== undefined && { w: column.width }) };
  if (column.actions) {
    return (
      <Table.Th {...place}>
        <VisuallyHidden>{column.label}</VisuallyHidden>
      </Table.Th>
    );
  }
  if (!column.sortable || state === null) return <Table.Th {...place}>{column.label}</Table.Th>;
  const sorted = state.sort === column.key;
  const direction = state.descending ? 'descending' : 'ascending';
  return (
    <Table.Th {...place} aria-sort={sorted ? direction : 'none'}>
      <UnstyledButton className="heading" onClick={() => state.sortBy(column.key)} fz="sm" fw={700}>
        {column.label}
        <span className={sorted && !state.descending ? 'turned' : sorted ? '' : 'unseen'}>
          <Icon name="chevron" size={14} />
        </span>
      </UnstyledButton>
    </Table.Th>
  );
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}
