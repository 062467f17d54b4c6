import { Button, NativeSelect, SimpleGrid, Stack } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Action, contentActions } from '../../../../../src/domain/action.ts';
import { answerOf, api, type Workspace } from '../../../api.ts';
import { Problem } from '../../../parts/problem.tsx';
import { Section } from '../../../parts/section.tsx';
import { PrincipalSelect } from '../principal-select.tsx';
import { ReachedPages } from './reached-pages.tsx';

interface Asked {
  /** Empty: the reader. */
  readonly principal: string;
  readonly action: Action;
}

/** Pages that one reading brings. */
const readingSize = 500;

/** Everything that one person or agent may do. */
export function ByPrincipal({ workspace }: { readonly workspace: Workspace }) {
  const [principal, setPrincipal] = useState('');
  const [action, setAction] = useState<Action>('read');
  const [asked, setAsked] = useState<Asked | null>(null);
  const reach = useReach(workspace.id, asked);
  function submit(event: FormEvent): void {
    event.preventDefault();
    setAsked({ principal, action });
    if (asked?.principal === principal && asked.action === action) void reach.refetch();
  }
  return (
    <Section
      title="By person or agent"
      explanation="The pages and databases with which one of them may do something, with everything that they may do there."
    >
      <Stack gap="sm" component="form" onSubmit={submit} aria-label="By person or agent" className="unprinted">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <PrincipalSelect
            label="Who"
            workspaceId={workspace.id}
            nobody="Yourself"
            value={principal}
            onChange={setPrincipal}
          />
          <NativeSelect
            label="May do"
            data={[...contentActions]}
            value={action}
            onChange={event => setAction(event.currentTarget.value as Action)}
          />
        </SimpleGrid>
        <Button type="submit" variant="default" loading={reach.isFetching} className="submit">
          Show
        </Button>
      </Stack>
      <Problem error={reach.error} />
      {asked !== null && reach.data && (
        <ReachedPages
          key={`${asked.principal} ${asked.action}`}
          action={asked.action}
          parts={reach.data.pages}
          askedAt={reach.dataUpdatedAt}
          csv={`/api/workspaces/${workspace.id}/reach/export?${queryOf(asked)}`}
          onMore={reach.hasNextPage ? () => void reach.fetchNextPage() : null}
        />
      )}
    </Section>
  );
}

function useReach(workspaceId: string, asked: Asked | null) {
  return useInfiniteQuery({
    queryKey: ['reach', workspaceId, asked],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.POST('/api/workspaces/{workspace}/reach', {
          params: { path: { workspace: workspaceId } },
          body: {
            action: asked?.action ?? 'read',
            limit: readingSize,
            ...(asked !== null && asked.principal !== '' && { principal: asked.principal }),
            ...(pageParam !== null && { cursor: pageParam }),
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: part => part.nextCursor,
    enabled: asked !== null,
    // A review is of one moment: it is made again when the person presses the button.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

function queryOf({ principal, action }: Asked): URLSearchParams {
  return new URLSearchParams({ action, ...(principal !== '' && { principal }) });
}
