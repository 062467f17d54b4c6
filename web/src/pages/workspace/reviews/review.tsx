import { Button, Group, Stack, Text } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { List } from '../../../list/list.tsx';
import { type LocalOrder, localPage, useListState } from '../../../list/list-state.ts';
import { type Column, ListTable } from '../../../list/list-table.tsx';
import { exactTime } from '../../../parts/time.tsx';

interface ReviewProps<Row> {
  readonly label: string;
  /** What the list is of, as a sentence. It heads the printed list. */
  readonly says: ReactNode;
  readonly revision: number;
  /** When the server was asked, in milliseconds. */
  readonly askedAt: number;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly order: LocalOrder<Row>;
  readonly sort: string;
  readonly empty: string;
  /** Where the whole list is had as a table. */
  readonly csv: string;
  /** More of the list, where it is not here as a whole. */
  readonly children?: ReactNode;
  keyOf(row: Row): string;
}

/** A list for reviewers: sorted and searched here, printed as a whole, and taken away as a table. */
export function Review<Row>(props: ReviewProps<Row>) {
  const { label, says, revision, askedAt, rows, columns, order, sort, empty, csv, keyOf, children } = props;
  const state = useListState({ sort });
  const [printing, print] = usePrinting();
  return (
    <Stack gap="sm" className={printing ? 'printing' : ''}>
      <Text size="sm" className="hostile">
        {says} By revision {revision} of the policy, {exactTime(new Date(askedAt).toISOString())}.
      </Text>
      {rows.length > 0 && (
        <Group gap="xs" className="unprinted">
          <Button size="xs" variant="default" onClick={print}>
            Print
          </Button>
          <Button component="a" size="xs" variant="default" href={csv} download>
            Download as CSV
          </Button>
        </Group>
      )}
      {printing ? (
        <ListTable
          label={label}
          rows={localPage(rows, { ...state, page: 0 }, order, rows.length).rows}
          // Paper has room for every column.
          columns={columns.map(({ from: _, ...column }) => column)}
          state={null}
          keyOf={keyOf}
        />
      ) : (
        <List
          label={label}
          state={state}
          {...localPage(rows, state, order)}
          columns={columns}
          empty={empty}
          keyOf={keyOf}
        />
      )}
      {children}
    </Stack>
  );
}

/** While it prints, the page shows the whole list and nothing else. */
function usePrinting(): [boolean, () => void] {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    if (!printing) return;
    const done = () => setPrinting(false);
    window.addEventListener('afterprint', done, { once: true });
    window.print();
    return () => window.removeEventListener('afterprint', done);
  }, [printing]);
  return [printing, () => setPrinting(true)];
}
