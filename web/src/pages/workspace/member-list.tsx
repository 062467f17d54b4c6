import { Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { answerOf, api, type Member, type Workspace } from '../../api.ts';
import { List } from '../../list/list.tsx';
import { useListState } from '../../list/list-state.ts';
import type { Column } from '../../list/list-table.tsx';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Mark } from '../../parts/mark.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Time } from '../../parts/time.tsx';
import { ChangeRole } from './change-role.tsx';
import { mayIn, useMembers, useMembershipChanged } from './membership.ts';

interface MemberListProps {
  readonly label: string;
  readonly workspace: Workspace;
  readonly kind: Member['kind'];
  readonly empty: string;
  /** What else can be done with a member, besides giving another role and removing. */
  readonly action?: (member: Member) => ReactNode;
}

/** People or agents with their roles. */
export function MemberList({ label, workspace, kind, empty, action }: MemberListProps) {
  const state = useListState({ sort: 'name' });
  const members = useMembers(workspace.id, kind, state);
  const columns = mayIn(workspace, 'members') ? [...facts, actions(workspace, action)] : facts;
  return (
    <Stack gap="sm">
      {members.isError && <Problem error={members.error} onRetry={() => void members.refetch()} />}
      <List
        label={label}
        state={state}
        rows={members.data?.members ?? []}
        total={members.data?.total ?? 0}
        columns={columns}
        busy={members.isPending}
        empty={empty}
        keyOf={member => member.principalId}
      />
    </Stack>
  );
}

const facts: readonly Column<Member>[] = [
  { key: 'name', label: 'Name', sortable: true, cell: member => <Identity member={member} /> },
  { key: 'role', label: 'Role', sortable: true, width: 100, cell: ({ role }) => role },
  {
    key: 'joined',
    label: 'Member since',
    sortable: true,
    from: 'md',
    width: 160,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
];

function actions(workspace: Workspace, more: MemberListProps['action']): Column<Member> {
  return {
    key: 'actions',
    label: 'Actions',
    actions: true,
    cell: member => (
      <Group gap="xs" justify="flex-end">
        {more?.(member)}
        <ChangeRole workspace={workspace} member={member} />
        <Remove workspace={workspace} member={member} />
      </Group>
    ),
  };
}

function Remove({ workspace, member }: { readonly workspace: Workspace; readonly member: Member }) {
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  return (
    <Confirm
      label="Remove"
      of={member.name}
      question={`Remove ${member.name}?`}
      consequence={`Calls of ${member.name} in ${workspace.name} are refused at once, with every key. The log keeps what was done.`}
      run={() =>
        answerOf(
          api.DELETE('/api/workspaces/{workspace}/members/{principal}', {
            params: { path: { workspace: workspace.id, principal: member.principalId } },
          }),
        )
      }
      onDone={() => {
        announce(`${member.name} removed`);
        changed();
      }}
    />
  );
}

function Identity({ member }: { readonly member: Member }) {
  const beneath = member.kind === 'agent' ? member.owner && `answered for by ${member.owner.name}` : member.email;
  return (
    <Stack gap={0} className="hostile">
      <Group gap="xs">
        <Text size="sm" fw={500}>
          {member.name}
        </Text>
        {member.disabled && <Mark label="Disabled" icon="denied" tone="bad" />}
        {member.suspended && <Mark label="Suspended" icon="warning" tone="attention" />}
      </Group>
      {beneath && (
        <Text size="xs" c="dimmed">
          {beneath}
        </Text>
      )}
    </Stack>
  );
}
