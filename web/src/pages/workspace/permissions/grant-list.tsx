import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api, type Grant, type Workspace } from '../../../api.ts';
import { List } from '../../../list/list.tsx';
import { type LocalOrder, localPage, useListState } from '../../../list/list-state.ts';
import type { Column } from '../../../list/list-table.tsx';
import { useAnnounce } from '../../../parts/announcer.tsx';
import { Confirm } from '../../../parts/confirm.tsx';
import { Loaded } from '../../../parts/loaded.tsx';
import { Time } from '../../../parts/time.tsx';
import { usePolicyChanged } from './remove-grant.tsx';

/** Every grant of the workspace, and the way to take one back. */
export function GrantList({ workspace }: { readonly workspace: Workspace }) {
  const grants = useQuery({
    queryKey: ['grants', workspace.id],
    queryFn: () =>
      answerOf(api.GET('/api/workspaces/{workspace}/grants', { params: { path: { workspace: workspace.id } } })),
  });
  return <Loaded query={grants}>{data => <Grants workspace={workspace} grants={data.grants} />}</Loaded>;
}

const order: LocalOrder<Grant> = {
  text: grant => `${grant.subject.name} ${grant.effect} ${whatOf(grant)} ${whereOf(grant)} ${grant.reason}`,
  by: { to: ({ subject }) => subject.name, effect: ({ effect }) => effect, made: ({ createdAt }) => String(createdAt) },
};

function whatOf({ actions, role }: Grant): string {
  return role === null ? (actions ?? []).join(', ') : `as ${role}`;
}

function whereOf({ scope }: Grant): string {
  const scopes = Array.isArray(scope) ? scope : [scope];
  return scopes.map(({ kind, id }) => (id === undefined ? 'the workspace' : `${kind} ${id}`)).join(', ');
}

const facts: readonly Column<Grant>[] = [
  { key: 'to', label: 'Who', sortable: true, cell: ({ subject }) => <span className="hostile">{subject.name}</span> },
  { key: 'effect', label: 'Effect', sortable: true, cell: ({ effect }) => effect },
  { key: 'what', label: 'What', from: 'sm', cell: whatOf },
  { key: 'where', label: 'Where', from: 'md', cell: grant => <Text size="xs">{whereOf(grant)}</Text> },
  { key: 'reason', label: 'Reason', from: 'sm', cell: ({ reason }) => <span className="hostile">{reason}</span> },
  { key: 'made', label: 'Since', sortable: true, from: 'md', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

function Grants({ workspace, grants }: { readonly workspace: Workspace; readonly grants: readonly Grant[] }) {
  const state = useListState({ sort: 'made', descending: true });
  const announce = useAnnounce();
  const changed = usePolicyChanged(workspace.id);
  const actions: Column<Grant> = {
    key: 'actions',
    label: 'Actions',
    actions: true,
    cell: grant => (
      <Confirm
        label="Remove"
        of={`grant: ${grant.reason}`}
        question={`Remove this grant of ${grant.subject.name}?`}
        consequence={grant.effect === 'allow' ? 'What it allowed ends at once.' : 'What it kept closed opens at once.'}
        run={() =>
          answerOf(
            api.DELETE('/api/workspaces/{workspace}/grants/{grant}', {
              params: { path: { workspace: workspace.id, grant: grant.id } },
            }),
          )
        }
        onDone={() => {
          announce('Grant removed');
          changed();
        }}
      />
    ),
  };
  return (
    <List
      label="Grants"
      state={state}
      {...localPage(grants, state, order)}
      columns={[...facts, actions]}
      empty="There are no grants: roles alone decide."
      keyOf={({ id }) => id}
    />
  );
}
