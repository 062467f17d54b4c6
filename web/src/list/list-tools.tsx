import { Group, NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ListState } from './list-state.ts';

interface ListToolsProps {
  readonly label: string;
  readonly state: ListState;
  /** For lists without headings to press: what they can be sorted by. */
  readonly sorts?: readonly { readonly value: string; readonly label: string }[];
  /** More ways to narrow the list. */
  readonly children?: ReactNode;
}

/** The tools above a list: searching, sorting, and ways to narrow it. */
export function ListTools({ label, state, sorts = [], children }: ListToolsProps) {
  return (
    <Group component="search" aria-label={label} gap="sm" align="flex-end">
      <TextInput
        label={`Search ${inSentence(label)}`}
        type="search"
        size="sm"
        className="search"
        value={state.search}
        onChange={event => state.setSearch(event.currentTarget.value)}
      />
      {sorts.length > 1 && (
        <NativeSelect
          label="Sort by"
          size="sm"
          data={[...sorts]}
          value={state.sort}
          onChange={event => state.sortBy(event.currentTarget.value)}
        />
      )}
      {children}
    </Group>
  );
}

/** A label in the middle of a sentence: `people`, but `API keys`. */
export function inSentence(label: string): string {
  return /^\p{Lu}{2}/u.test(label) ? label : label.toLowerCase();
}
