import { Button, Paper, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, type Workspace, workspacePath } from '../../api.ts';
import { AdminQuestion } from '../../parts/admin-question.tsx';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Problem } from '../../parts/problem.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';
import { Secret } from '../../parts/secret.tsx';
import { Section } from '../../parts/section.tsx';
import { MemberList } from './member-list.tsx';
import { mayIn, useMembershipChanged } from './membership.ts';

export function Members({ workspace }: { readonly workspace: Workspace }) {
  return (
    <Stack gap="xl">
      {mayIn(workspace, 'members') && (
        <Section title="Add a person">
          <AddPerson workspace={workspace} />
        </Section>
      )}
      <Section title="People" explanation="What each person may do here, in the dashboard and with their keys.">
        <MemberList label="People" workspace={workspace} kind="user" empty="There is nobody." />
      </Section>
    </Stack>
  );
}

function AddPerson({ workspace }: { readonly workspace: Workspace }) {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState('viewer');
  const [asking, setAsking] = useState(false);
  const [invitation, setInvitation] = useState<{ email: string; url: string } | null>(null);
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  const add = useMutation({
    mutationFn: () =>
      api.post<{ signInUrl?: string | null }>(workspacePath(workspace.id, 'members'), {
        email,
        role,
        ...(name === '' ? {} : { name }),
      }),
    onSuccess: ({ signInUrl }) => {
      announce(`${email} added`);
      setInvitation(signInUrl ? { email, url: signInUrl } : null);
      setEmail('');
      setName('');
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
      {invitation && (
        <Secret
          title={`Sign-in link for ${invitation.email}`}
          secret={invitation.url}
          explanation="Give it to this person only, by a way that you trust. It works once, within 15 minutes, and is not shown again."
          onDone={() => setInvitation(null)}
        />
      )}
      <Paper withBorder p="md" component="form" onSubmit={submit}>
        <Stack>
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput
              label="Email"
              type="email"
              required
              value={email}
              onChange={event => setEmail(event.currentTarget.value)}
            />
            <TextInput label="Name" value={name} onChange={event => setName(event.currentTarget.value)} />
            <RoleSelect label="Role" value={role} onChange={setRole} />
          </SimpleGrid>
          <Problem error={add.error} />
          <Button type="submit" loading={add.isPending} className="submit">
            Add person
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
