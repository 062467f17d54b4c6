import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';

/** What a reader looks for in a list, in which order, and how far they have turned its pages. */
export interface ListState {
  readonly search: string;
  readonly sort: string;
  readonly descending: boolean;
  /** From 0. */
  readonly page: number;
  setSearch(text: string): void;
  /** Sorts by another column upwards, by the same column in the other direction. */
  sortBy(column: string): void;
  setPage(page: number): void;
}

/** Rows on one page of a list. */
export const pageSize = 25;

export function useListState(initial: { readonly sort: string; readonly descending?: boolean }): ListState {
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState({ sort: initial.sort, descending: initial.descending ?? false });
  const [page, setPage] = useState(0);
  return {
    search,
    ...order,
    page,
    setSearch(text) {
      setSearch(text);
      setPage(0);
    },
    sortBy(sort) {
      setOrder(before => ({ sort, descending: before.sort === sort && !before.descending }));
      setPage(0);
    },
    setPage,
  };
}

/** What the server is asked for; `Sort` are the columns by which it can sort this list. */
export interface ListQuery<Sort extends string> {
  readonly search?: string;
  readonly sort: Sort;
  readonly order: 'asc' | 'desc';
  readonly offset: number;
  readonly limit: number;
}

/** The part of a list that the server is asked for. It waits until the reader has typed to the end. */
export function useListQuery<Sort extends string>(
  { search, sort, descending, page }: ListState,
  sorts: readonly [Sort, ...Sort[]],
): ListQuery<Sort> {
  const [settled] = useDebouncedValue(search.trim(), 250);
  return {
    ...(settled !== '' && { search: settled }),
    sort: sorts.find(name => name === sort) ?? sorts[0],
    order: descending ? 'desc' : 'asc',
    offset: page * pageSize,
    limit: pageSize,
  };
}

/** How a list that is here as a whole is searched and sorted. */
export interface LocalOrder<Row> {
  /** Everything that a search looks at. */
  text(row: Row): string;
  readonly by: Readonly<Record<string, (row: Row) => string | number>>;
}

/** The rows of the page that is shown, of a list that is here as a whole, and how many match. */
export function localPage<Row>(
  rows: readonly Row[],
  { search, sort, descending, page }: ListState,
  { text, by }: LocalOrder<Row>,
  size = pageSize,
): { readonly rows: readonly Row[]; readonly total: number } {
  const wanted = search.trim().toLowerCase();
  const found = rows.filter(row => text(row).toLowerCase().includes(wanted));
  const value = by[sort];
  const sorted = value === undefined ? found : found.toSorted((a, b) => compare(value(a), value(b)));
  if (descending) sorted.reverse();
  return { rows: sorted.slice(page * size, (page + 1) * size), total: found.length };
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}
