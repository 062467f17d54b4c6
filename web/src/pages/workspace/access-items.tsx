import { Anchor, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { ReachedItem, ReportedConnection } from '../../api.ts';
import { List } from '../../list/list.tsx';
import { type LocalOrder, localPage, useListState } from '../../list/list-state.ts';
import type { Column } from '../../list/list-table.tsx';
import { Mark } from '../../parts/mark.tsx';
import { kindName } from './connection-kind.ts';

interface View {
  readonly label: string;
  readonly none: string;
  shows(item: ReachedItem): boolean;
}

const views: Readonly<Record<string, View>> = {
  roots: { label: 'Roots', none: 'No shared root among these.', shows: ({ root }) => root !== false },
  public: {
    label: 'Public',
    none: 'None of these has a public link.',
    shows: ({ publicUrl }) => publicUrl !== null,
  },
  all: { label: 'All', none: 'Nothing is shared with these connections.', shows: () => true },
};

interface AccessItemsProps {
  readonly items: readonly ReachedItem[];
  readonly connections: readonly ReportedConnection[];
}

/** What connections see. Titles are text that strangers wrote, and are shown as such. */
export function AccessItems({ items, connections }: AccessItemsProps) {
  const [chosen, setChosen] = useState('roots');
  const view = views[chosen];
  const state = useListState({ sort: 'title' });
  const shown = items.filter(item => view?.shows(item));
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label="What to show"
        value={chosen}
        onChange={value => {
          setChosen(value);
          state.setPage(0);
        }}
        transitionDuration={0}
        data={Object.entries(views).map(([value, { label, shows }]) => ({
          value,
          label: `${label} (${items.filter(shows).length})`,
        }))}
      />
      <List
        key={chosen}
        label="What connections see"
        state={state}
        {...localPage(shown, state, order)}
        columns={columnsOf(connections)}
        empty={view?.none ?? ''}
        keyOf={item => `${item.connection} ${item.id}`}
      />
    </Stack>
  );
}

const order: LocalOrder<ReachedItem> = {
  text: ({ title, object, publicUrl }) => [title, object, publicUrl].join(' '),
  by: { title: ({ title }) => title.toLowerCase(), kind: ({ object }) => object },
};

function columnsOf(connections: readonly ReportedConnection[]): readonly Column<ReachedItem>[] {
  const through = (item: ReachedItem) => (connections.length > 1 ? nameOf(item.connection, connections) : null);
  return [
    {
      key: 'title',
      label: 'Title',
      sortable: true,
      cell: item => <Identity item={item} through={through(item)} />,
    },
    {
      key: 'kind',
      label: 'Kind',
      sortable: true,
      from: 'sm',
      width: 120,
      cell: ({ object }) => object.replaceAll('_', ' '),
    },
    { key: 'shared', label: 'Shared', width: 150, cell: item => <Shared item={item} /> },
  ];
}

/** Two connections of a kind are distinguished by the end of their ids. */
function nameOf(id: string, connections: readonly ReportedConnection[]): string {
  const found = connections.find(connection => connection.id === id);
  return found === undefined ? id : `${kindName(found.kind)} …${id.slice(-4)}`;
}

interface IdentityProps {
  readonly item: ReachedItem;
  /** The connection that sees it, where there are several. */
  readonly through: string | null;
}

function Identity({ item: { title, publicUrl, url }, through }: IdentityProps) {
  return (
    <>
      <Text size="sm">{title.trim() === '' ? 'Untitled' : title}</Text>
      {url !== null && <OutLink href={url} label="Open at Notion" of={title} />}
      {through !== null && (
        <Text size="xs" c="dimmed">
          through {through}
        </Text>
      )}
      {publicUrl !== null && (
        <Text size="xs" c="dimmed">
          {publicUrl}
        </Text>
      )}
    </>
  );
}

function Shared({ item: { root, publicUrl } }: { readonly item: ReachedItem }) {
  return (
    <Stack gap={2}>
      {root === true && <Mark label="Shared root" icon="gate" tone="quiet" />}
      {root === null && <Mark label="Not known" icon="warning" tone="quiet" />}
      {root === false && (
        <Text size="sm" c="dimmed">
          In a root
        </Text>
      )}
      {publicUrl !== null && <Mark label="On the web" icon="warning" tone="attention" />}
    </Stack>
  );
}

/**
 * A link out of the dashboard. The address came from Notion: only web addresses are followed, and without a referrer.
 */
function OutLink({ href, label, of }: { readonly href: string; readonly label: string; readonly of: string }) {
  if (!/^https:\/\//.test(href)) return null;
  return (
    <Anchor href={href} target="_blank" rel="noopener noreferrer" size="xs" aria-label={`${label}: ${of}`}>
      {label}
    </Anchor>
  );
}
