import { Button, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type PageAccess } from '../../../api.ts';
import { Loaded } from '../../../parts/loaded.tsx';
import { Mark } from '../../../parts/mark.tsx';
import { becauseText } from './because.ts';

interface TreeProps {
  readonly workspaceId: string;
  /** The principal whose access is shown; empty for the reader's own. */
  readonly principal: string;
  readonly chosen: PageAccess | null;
  readonly onChoose: (page: PageAccess) => void;
}

/** The pages as a tree that opens level by level, each with the effective access and its reason. */
export function PageTree(props: TreeProps) {
  return (
    <div role="tree" aria-label="Pages">
      <Level {...props} parent={null} depth={1} />
    </div>
  );
}

/** Pages that one level shows at a time. */
const levelSize = 50;

function Level(props: TreeProps & { readonly parent: string | null; readonly depth: number }) {
  const { workspaceId, principal, parent, depth } = props;
  const [limit, setLimit] = useState(levelSize);
  const query = { ...(parent !== null && { parent }), ...(principal !== '' && { principal }), limit };
  const pages = useQuery({
    queryKey: ['page-access', workspaceId, query],
    queryFn: () =>
      answerOf(api.GET('/api/workspaces/{workspace}/pages', { params: { path: { workspace: workspaceId }, query } })),
    // Open parts stay open while the access of another principal is fetched.
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={pages}>
      {data => (
        <Stack gap={2}>
          {data.pages.length === 0 && (
            <Text size="sm" c="dimmed">
              {depth === 1
                ? 'No page has been seen yet. Pages appear here once they are read through Portcullis.'
                : 'Nothing here.'}
            </Text>
          )}
          {data.pages.map(page => (
            <Node key={page.id} {...props} page={page} />
          ))}
          {data.total !== null && data.total > data.pages.length && limit < 200 && (
            <Group>
              <Button size="xs" variant="subtle" onClick={() => setLimit(200)}>
                Show more of {data.total}
              </Button>
            </Group>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

function Node(props: TreeProps & { readonly page: PageAccess; readonly depth: number }) {
  const { page, chosen, depth, onChoose } = props;
  const [open, setOpen] = useState(false);
  const title = page.title === '' ? 'Untitled' : page.title;
  const selected = chosen?.id === page.id;
  return (
    <div
      role="treeitem"
      aria-level={depth}
      aria-expanded={page.hasChildren ? open : undefined}
      aria-selected={selected}
      tabIndex={-1}
    >
      <Group gap={4} wrap="nowrap" align="flex-start" className={selected ? 'tree-row chosen' : 'tree-row'}>
        <Button
          size="compact-xs"
          variant="subtle"
          disabled={!page.hasChildren}
          onClick={() => setOpen(!open)}
          aria-label={`${open ? 'Close' : 'Open'} ${title}`}
        >
          {page.hasChildren ? (open ? '▾' : '▸') : '·'}
        </Button>
        <Stack gap={0}>
          <UnstyledButton onClick={() => onChoose(page)}>
            <Text size="sm" fw={500} className="hostile">
              {title}
            </Text>
          </UnstyledButton>
          <Group gap="xs">
            <AccessMark page={page} />
            <Text size="xs" c="dimmed">
              {becauseText(page.because)}
            </Text>
          </Group>
        </Stack>
      </Group>
      {open && (
        // biome-ignore lint/a11y/useSemanticElements: a group of a tree is no fieldset.
        <div role="group" className="tree-level">
          <Level {...props} parent={page.id} depth={depth + 1} />
        </div>
      )}
    </div>
  );
}

/** In a word: nothing, reading, or also changing. */
export function AccessMark({ page }: { readonly page: PageAccess }) {
  if (page.effect === 'deny') return <Mark label="No access" icon="denied" tone="bad" />;
  const changes = page.actions.some(action => ['create', 'update', 'delete', 'move', 'manage'].includes(action));
  return <Mark label={changes ? 'Reads and changes' : 'Reads'} icon="allowed" tone="good" />;
}
