import { Button, Paper, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answerOf, api, type Member, type Role, type Workspace } from '../../api.ts';
import { useMe } from '../../me.ts';
import { AdminQuestion } from '../../parts/admin-question.tsx';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Problem } from '../../parts/problem.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';
import { Section } from '../../parts/section.tsx';
import { Keys } from './keys.tsx';
import { MemberList } from './member-list.tsx';
import { mayIn, useMembershipChanged } from './membership.ts';

/**
 * Agents, and the keys with which agents and people call. A person who does not manage members sees only their own
 * keys.
 */
export function Agents({ workspace }: { readonly workspace: Workspace }) {
  const mayManage = mayIn(workspace, 'members');
  return (
    <Stack gap="xl">
      {mayManage && (
        <Section
          title="Agents"
          explanation="Programs with an identity of their own. A person is responsible for each of them."
        >
          <CreateAgent workspace={workspace} />
          <MemberList
            label="Agents"
            workspace={workspace}
            kind="agent"
            empty="There are no agents yet."
            action={agent => <SuspendOrResume workspace={workspace} agent={agent} />}
          />
        </Section>
      )}
      <Keys workspace={workspace} />
    </Stack>
  );
}

function SuspendOrResume({ workspace, agent }: { readonly workspace: Workspace; readonly agent: Member }) {
  const me = useMe();
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  const suspended = !agent.suspended;
  // Its owner has left: the person who resumes it becomes responsible for it.
  const orphaned = agent.owner?.isMember === false;
  const change = useMutation({
    mutationFn: () =>
      answerOf(
        api.PATCH('/api/workspaces/{workspace}/agents/{agent}', {
          params: { path: { workspace: workspace.id, agent: agent.principalId } },
          body: { suspended, ...(orphaned && !suspended && me.data ? { ownerId: me.data.user.id } : {}) },
        }),
      ),
    onSuccess: () => announce(`${agent.name} ${suspended ? 'suspended' : 'resumed'}`),
    onError: error => announce(error.message, 'bad'),
    onSettled: changed,
  });
  const label = suspended ? 'Suspend' : 'Resume';
  return (
    <Button
      size="xs"
      variant="default"
      loading={change.isPending}
      onClick={() => change.mutate()}
      aria-label={`${label} ${agent.name}`}
    >
      {label}
    </Button>
  );
}

function CreateAgent({ workspace }: { readonly workspace: Workspace }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [asking, setAsking] = useState(false);
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  const create = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/workspaces/{workspace}/agents', {
          params: { path: { workspace: workspace.id } },
          body: { name, role },
        }),
      ),
    onSuccess: () => {
      announce(`Agent ${name} created`);
      setName('');
      changed();
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (role === 'admin') setAsking(true);
    else create.mutate();
  }
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit} aria-label="Create an agent">
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            label="Name of the agent"
            required
            maxLength={100}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          <RoleSelect label="Role of the agent" value={role} onChange={setRole} />
        </SimpleGrid>
        <Problem error={create.error} />
        <Button type="submit" loading={create.isPending} className="submit">
          Create agent
        </Button>
      </Stack>
      <AdminQuestion
        of={asking ? name : null}
        workspace={workspace.name}
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          create.mutate();
        }}
      />
    </Paper>
  );
}
