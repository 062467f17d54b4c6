import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Invitation, type Issued, type Workspace, workspacePath } from '../../api.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Mark } from '../../parts/mark.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Section } from '../../parts/section.tsx';
import { Time } from '../../parts/time.tsx';
import { InvitationLink } from './invitation-link.tsx';
import { useMembershipChanged } from './membership.ts';

/** Invitations that nobody has accepted. Nothing is shown where there are none. */
export function PendingInvitations({ workspace }: { readonly workspace: Workspace }) {
  const pending = useQuery({
    queryKey: ['invitations', workspace.id],
    queryFn: () => api.get<{ invitations: readonly Invitation[] }>(workspacePath(workspace.id, 'invitations')),
  });
  if (pending.isError) return <Problem error={pending.error} onRetry={() => void pending.refetch()} />;
  if (!pending.data || pending.data.invitations.length === 0) return null;
  return (
    <Section title="Invited" explanation="Nobody is a member before the invitation is accepted.">
      <Stack component="ul" gap="sm" className="plain-list">
        {pending.data.invitations.map(invitation => (
          <Pending key={invitation.id} workspace={workspace} invitation={invitation} />
        ))}
      </Stack>
    </Section>
  );
}

function Pending({ workspace, invitation }: { readonly workspace: Workspace; readonly invitation: Invitation }) {
  const [issued, setIssued] = useState<Issued | null>(null);
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  const path = workspacePath(workspace.id, 'invitations', invitation.id);
  const resend = useMutation({
    mutationFn: () => api.post<Issued>(`${path}/resend`, {}),
    onSuccess: answer => {
      announce(answer.acceptUrl === null ? `Mail sent to ${invitation.email}` : 'There is a new link');
      setIssued(answer);
      changed();
    },
  });
  return (
    <Stack component="li" gap="xs" className="hostile">
      <Group justify="space-between">
        <Stack gap={0}>
          <Group gap="xs">
            <Text size="sm" fw={500}>
              {invitation.email}
            </Text>
            <Mark
              label={invitation.expired ? 'Expired' : 'Pending'}
              icon="warning"
              tone={invitation.expired ? 'bad' : 'attention'}
            />
          </Group>
          <Text size="xs" c="dimmed">
            as {invitation.role}, until <Time at={invitation.expiresAt} />
          </Text>
        </Stack>
        <Group gap="xs">
          <Button
            size="compact-sm"
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
            run={() => api.delete(path)}
            onDone={() => {
              announce('Invitation withdrawn');
              changed();
            }}
          />
        </Group>
      </Group>
      <Problem error={resend.error} />
      {issued && <InvitationLink issued={issued} onDone={() => setIssued(null)} />}
    </Stack>
  );
}
