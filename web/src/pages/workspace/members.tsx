import { Button, Paper, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answerOf, api, type Issued, type Role, type Workspace } from '../../api.ts';
import { AdminQuestion } from '../../parts/admin-question.tsx';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Problem } from '../../parts/problem.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';
import { Section } from '../../parts/section.tsx';
import { InvitationLink } from './invitation-link.tsx';
import { MemberList } from './member-list.tsx';
import { mayIn, useMembershipChanged } from './membership.ts';
import { PendingInvitations } from './pending-invitations.tsx';
import { ResetPassword } from './reset-password.tsx';

export function Members({ workspace }: { readonly workspace: Workspace }) {
  return (
    <Stack gap="xl">
      {mayIn(workspace, 'members') && (
        <>
          <Section title="Add a person">
            <AddPerson workspace={workspace} />
          </Section>
          <PendingInvitations workspace={workspace} />
        </>
      )}
      <Section title="People" explanation="What each person may do here, in the dashboard and with their keys.">
        <MemberList
          label="People"
          workspace={workspace}
          kind="user"
          empty="There are no members."
          action={member => <ResetPassword workspace={workspace} member={member} />}
        />
      </Section>
    </Stack>
  );
}

function AddPerson({ workspace }: { readonly workspace: Workspace }) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [asking, setAsking] = useState(false);
  const [issued, setIssued] = useState<Issued | null>(null);
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  const add = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/workspaces/{workspace}/invitations', {
          params: { path: { workspace: workspace.id } },
          body: { email, role },
        }),
      ),
    onSuccess: answer => {
      announce(`${email} invited`);
      setIssued(answer);
      setEmail('');
      changed();
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (role === 'admin') setAsking(true);
    else add.mutate();
  }
  return (
    <Stack>
      {issued && <InvitationLink issued={issued} onDone={() => setIssued(null)} />}
      <Paper withBorder p="md" component="form" onSubmit={submit}>
        <Stack>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label="Email"
              type="email"
              required
              value={email}
              onChange={event => setEmail(event.currentTarget.value)}
            />
            <RoleSelect label="Role" value={role} onChange={setRole} />
          </SimpleGrid>
          <Problem error={add.error} />
          <Button type="submit" loading={add.isPending} className="submit">
            Invite
          </Button>
        </Stack>
      </Paper>
      <AdminQuestion
        of={asking ? email : null}
        workspace={workspace.name}
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          add.mutate();
        }}
      />
    </Stack>
  );
}
