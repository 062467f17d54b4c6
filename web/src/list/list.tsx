import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ListState } from './list-state.ts';
import { type Column, ListTable } from './list-table.tsx';
import { ListTools } from './list-tools.tsx';
import { Pager } from './pager.tsx';

interface ListProps<Row> {
  /** The name of the list, for all readers. */
  readonly label: string;
  readonly state: ListState;
  /** The rows of the page that is shown. */
  readonly rows: readonly Row[];
  /** How many there are on all pages. */
  readonly total: number;
  readonly columns: readonly Column<Row>[];
  readonly busy?: boolean;
  /** Shown if the list is empty and nothing was searched for. */
  readonly empty: string;
  /** More ways to narrow the list, beside the search. */
  readonly tools?: ReactNode;
  keyOf(row: Row): string;
}

/** A list that is searched, sorted and turned page by page: the same everywhere. */
export function List<Row>({ label, state, rows, total, columns, busy, empty, tools, keyOf }: ListProps<Row>) {
  const searched = state.search.trim() !== '';
  return (
    <Stack gap="xs">
      <ListTools label={label} state={state}>
        {tools}
      </ListTools>
      {rows.length > 0 && (
        <ListTable label={label} rows={rows} columns={columns} state={state} busy={busy ?? false} keyOf={keyOf} />
      )}
      {rows.length === 0 && !busy && <Text size="sm">{searched ? 'Nothing matches.' : empty}</Text>}
      <Pager label={label} state={state} total={total} />
    </Stack>
  );
}
