import { Anchor, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import type { ReachedItem, ReportedConnection } from '../../api.ts';
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
  const shown = items.filter(item => view?.shows(item));
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label="What to show"
        value={chosen}
        onChange={setChosen}
        transitionDuration={0}
        data={Object.entries(views).map(([value, { label, shows }]) => ({
          value,
          label: `${label} (${items.filter(shows).length})`,
        }))}
      />
      {shown.length === 0 && <Text size="sm">{view?.none}</Text>}
      {shown.length > 0 && (
        <Table verticalSpacing="xs" aria-label="What connections see">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Title</Table.Th>
              <Table.Th visibleFrom="sm" w={120}>
                Kind
              </Table.Th>
              <Table.Th w={150}>Shared</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(item => (
              <ItemRow
                key={`${item.connection} ${item.id}`}
                item={item}
                through={connections.length > 1 ? nameOf(item.connection, connections) : null}
              />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}

/** Two connections of a kind are told apart by the end of their ids. */
function nameOf(id: string, connections: readonly ReportedConnection[]): string {
  const found = connections.find(connection => connection.id === id);
  return found === undefined ? id : `${kindName(found.kind)} …${id.slice(-4)}`;
}

interface ItemRowProps {
  readonly item: ReachedItem;
  /** The connection that sees it, where there are several. */
  readonly through: string | null;
}

function ItemRow({ item, through }: ItemRowProps) {
  const { title, object, root, publicUrl, url } = item;
  return (
    <Table.Tr>
      <Table.Td className="hostile">
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
      </Table.Td>
      <Table.Td visibleFrom="sm">{object.replaceAll('_', ' ')}</Table.Td>
      <Table.Td>
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
      </Table.Td>
    </Table.Tr>
  );
}

/** A way out of the dashboard. The address came from Notion: only one of the web is followed, and nobody is told from where. */
function OutLink({ href, label, of }: { readonly href: string; readonly label: string; readonly of: string }) {
  if (!/^https:\/\//.test(href)) return null;
  return (
    <Anchor href={href} target="_blank" rel="noopener noreferrer" size="xs" aria-label={`${label}: ${of}`}>
      {label}
    </Anchor>
  );
}
