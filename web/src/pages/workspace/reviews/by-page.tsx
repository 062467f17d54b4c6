import { Button, NativeSelect, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Action, actions } from '../../../../../src/domain/action.ts';
import { answerOf, api, type DecidingGrant, type WhoCan, type WhoCanAnswer, type Workspace } from '../../../api.ts';
import type { LocalOrder } from '../../../list/list-state.ts';
import type { Column } from '../../../list/list-table.tsx';
import { Problem } from '../../../parts/problem.tsx';
import { Section } from '../../../parts/section.tsx';
import { inWords } from '../../log/reasons.ts';
import { Because, grantsOf } from './because-cell.tsx';
import { Review } from './review.tsx';

interface ByPageProps {
  readonly workspace: Workspace;
  /** The page of the first question; empty for none. */
  readonly page: string;
}

interface Asked {
  readonly action: Action;
  /** Empty: the workspace. */
  readonly page: string;
}

/** Every principal who may do something with one page. */
export function ByPage({ workspace, page: first }: ByPageProps) {
  const [page, setPage] = useState(first);
  const [action, setAction] = useState<Action>('read');
  const [asked, setAsked] = useState<Asked | null>(first === '' ? null : { action: 'read', page: first });
  const found = useQuery({
    queryKey: ['who-can', workspace.id, asked],
    queryFn: () =>
      answerOf(
        api.POST('/api/workspaces/{workspace}/who-can', {
          params: { path: { workspace: workspace.id } },
          body: { action: asked?.action ?? 'read', object: objectOf(asked?.page ?? '') },
        }),
      ),
    enabled: asked !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    const next = { action, page: page.trim() };
    setAsked(next);
    if (asked?.action === next.action && asked.page === next.page) void found.refetch();
  }
  return (
    <Section title="By page" explanation="Every principal who may do something with a page, or in the whole workspace.">
      <Stack gap="sm" component="form" onSubmit={submit} aria-label="By page" className="unprinted">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput
            label="Page"
            placeholder="its address or id; empty for the workspace"
            value={page}
            onChange={event => setPage(event.currentTarget.value)}
          />
          <NativeSelect
            label="Who may do"
            data={[...actions]}
            value={action}
            onChange={event => setAction(event.currentTarget.value as Action)}
          />
        </SimpleGrid>
        <Button type="submit" variant="default" loading={found.isFetching} className="submit">
          Show
        </Button>
      </Stack>
      <Problem error={found.error} />
      {asked !== null && found.data && (
        <Review
          key={`${asked.action} ${asked.page}`}
          label="People and agents"
          says={`${found.data.total} may do ${asked.action} ${placeOf(found.data)}.`}
          revision={found.data.revision}
          askedAt={found.dataUpdatedAt}
          rows={found.data.principals}
          columns={columnsOf(found.data.grants)}
          order={orderOf(found.data.grants)}
          sort="name"
          empty="No principal may."
          csv={`/api/workspaces/${workspace.id}/who-can/export?${queryOf(asked)}`}
          keyOf={({ id }) => id}
        />
      )}
    </Section>
  );
}

function objectOf(page: string) {
  return page === '' ? ({ kind: 'workspace' } as const) : ({ kind: 'page', id: page } as const);
}

function queryOf({ action, page }: Asked): URLSearchParams {
  return new URLSearchParams({ action, ...(page !== '' && { page }) });
}

function placeOf({ path: [at] }: WhoCanAnswer): string {
  if (at === undefined) return 'in the workspace';
  return at.title === null ? `on ${at.kind} ${at.id ?? ''}` : `on “${at.title === '' ? 'Untitled' : at.title}”`;
}

const callsText = { always: 'every call', sometimes: 'some, by conditions' } as const;

const kinds = { user: 'person', agent: 'agent' } as const;

function columnsOf(grants: readonly DecidingGrant[]): readonly Column<WhoCan>[] {
  return [
    { key: 'name', label: 'Who', sortable: true, cell: ({ name }) => name },
    { key: 'kind', label: 'Kind', sortable: true, from: 'sm', cell: ({ kind }) => kinds[kind] },
    { key: 'role', label: 'Role', sortable: true, from: 'sm', cell: ({ role }) => role },
    { key: 'calls', label: 'Calls', sortable: true, cell: ({ calls }) => callsText[calls] },
    {
      key: 'because',
      label: 'Because',
      sortable: true,
      from: 'sm',
      cell: row => <Because because={row.because} grants={grantsOf(row, grants)} />,
    },
  ];
}

function orderOf(grants: readonly DecidingGrant[]): LocalOrder<WhoCan> {
  const because = (row: WhoCan) =>
    [inWords(row.because), ...grantsOf(row, grants).map(({ reason }) => reason)].join(' ');
  return {
    text: row => `${row.name} ${kinds[row.kind]} ${row.role} ${callsText[row.calls]} ${because(row)}`,
    by: {
      name: ({ name }) => name,
      kind: ({ kind }) => kinds[kind],
      role: ({ role }) => role,
      calls: ({ calls }) => calls,
      because,
    },
  };
}
