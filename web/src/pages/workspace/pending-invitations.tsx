import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type Invitation, type Issued, type Workspace } from '../../api.ts';
import { List } from '../../list/list.tsx';
import { type LocalOrder, localPage, useListState } from '../../list/list-state.ts';
import type { Column } from '../../list/list-table.tsx';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Mark } from '../../parts/mark.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Section } from '../../parts/section.tsx';
import { Time } from '../../parts/time.tsx';
import { InvitationLink } from './invitation-link.tsx';
import { useMembershipChanged } from './membership.ts';

/** Invitations that are not accepted yet. If there are none, nothing is shown. */
export function PendingInvitations({ workspace }: { readonly workspace: Workspace }) {
  const pending = useQuery({
    queryKey: ['invitations', workspace.id],
    queryFn: () =>
      answerOf(api.GET('/api/workspaces/{workspace}/invitations', { params: { path: { workspace: workspace.id } } })),
  });
  if (pending.isError) return <Problem error={pending.error} onRetry={() => void pending.refetch()} />;
  if (!pending.data || pending.data.invitations.length === 0) return null;
  return (
    <Section title="Invited" explanation="A person becomes a member when they accept the invitation.">
      <InvitationList workspace={workspace} invitations={pending.data.invitations} />
    </Section>
  );
}

const order: LocalOrder<Invitation> = {
  text: ({ email, role, expired }) => [email, role, stateOf(expired)].join(' '),
  by: { email: ({ email }) => email, role: ({ role }) => role, expires: ({ expiresAt }) => expiresAt },
};

interface InvitationListProps {
  readonly workspace: Workspace;
  readonly invitations: readonly Invitation[];
}

function InvitationList({ workspace, invitations }: InvitationListProps) {
  const [issued, setIssued] = useState<Issued | null>(null);
  const state = useListState({ sort: 'expires', descending: true });
  const actions: Column<Invitation> = {
    key: 'actions',
    label: 'Actions',
    actions: true,
    cell: invitation => <Actions workspace={workspace} invitation={invitation} onIssued={setIssued} />,
  };
  return (
    <Stack gap="sm">
      {issued && <InvitationLink issued={issued} onDone={() => setIssued(null)} />}
      <List
        label="Invitations"
        state={state}
        {...localPage(invitations, state, order)}
        columns={[...facts, actions]}
        empty="There are none."
        keyOf={({ id }) => id}
      />
    </Stack>
  );
}

const facts: readonly Column<Invitation>[] = [
  { key: 'email', label: 'Address', sortable: true, cell: invitation => <Address invitation={invitation} /> },
  { key: 'role', label: 'Role', sortable: true, from: 'sm', cell: ({ role }) => role },
  { key: 'expires', label: 'Until', sortable: true, from: 'sm', cell: ({ expiresAt }) => <Time at={expiresAt} /> },
];

function stateOf(expired: boolean): string {
  return expired ? 'Expired' : 'Pending';
}

function Address({ invitation }: { readonly invitation: Invitation }) {
  const { email, role, expired, expiresAt } = invitation;
  return (
    <Stack gap={2} align="flex-start" className="hostile">
      <Text size="sm" fw={500}>
        {email}
      </Text>
      <Mark label={stateOf(expired)} icon="warning" tone={expired ? 'bad' : 'attention'} />
      <Text size="xs" c="dimmed" hiddenFrom="sm">
        as {role}, until <Time at={expiresAt} />
      </Text>
    </Stack>
  );
}

interface ActionsProps {
  readonly workspace: Workspace;
  readonly invitation: Invitation;
  readonly onIssued: (issued: Issued) => void;
}

function Actions({ workspace, invitation, onIssued }: ActionsProps) {
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  const path = { workspace: workspace.id, invitation: invitation.id };
  const resend = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/api/workspaces/{workspace}/invitations/{invitation}/resend', { params: { path } })),
    onSuccess: answer => {
      announce(answer.acceptUrl === null ? `Mail sent to ${invitation.email}` : 'There is a new link');
      onIssued(answer);
      changed();
    },
  });
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs" justify="flex-end">
        <Button
          size="xs"
          variant="default"
          loading={resend.isPending}
          onClick={() => resend.mutate()}
          aria-label={`Resend the invitation of ${invitation.email}`}
        >
          Resend
        </Button>
        <Confirm
          label="Withdraw"
          of={invitation.email}
          question={`Withdraw the invitation of ${invitation.email}?`}
          consequence="Its link stops working."
          run={() => answerOf(api.DELETE('/api/workspaces/{workspace}/invitations/{invitation}', { params: { path } }))}
          onDone={() => {
            announce('Invitation withdrawn');
            changed();
          }}
        />
      </Group>
      <Problem error={resend.error} />
    </Stack>
  );
}
