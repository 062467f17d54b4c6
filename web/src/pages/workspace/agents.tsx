import { Button, Paper, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, type Member, type Workspace, workspacePath } from '../../api.ts';
import { useMe } from '../../me.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Problem } from '../../parts/problem.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';
import { Section } from '../../parts/section.tsx';
import { Keys } from './keys.tsx';
import { MemberTable } from './member-table.tsx';
import { mayIn, useMembers, useMembershipChanged } from './membership.ts';

/** Agents, and the keys with which agents and people call. Who does not manage members has keys of their own only. */
export function Agents({ workspace }: { readonly workspace: Workspace }) {
  const mayManage = mayIn(workspace, 'members');
  const members = useMembers(workspace.id, mayManage);
  const agents = members.data?.members.filter(member => member.kind === 'agent') ?? [];
  return (
    <Stack gap="xl">
      {mayManage && (
        <Section
          title="Agents"
          explanation="Programs with an identity of their own. A person answers for each of them."
        >
          <Loaded query={members}>
            {data => <AgentList workspace={workspace} agents={agents} members={data.members} />}
          </Loaded>
          <CreateAgent workspace={workspace} />
        </Section>
      )}
      <Keys workspace={workspace} agents={agents} />
    </Stack>
  );
}

interface AgentListProps {
  readonly workspace: Workspace;
  readonly agents: readonly Member[];
  readonly members: readonly Member[];
}

function AgentList({ workspace, agents, members }: AgentListProps) {
  if (agents.length === 0) return <Text size="sm">There are no agents yet.</Text>;
  const people = new Set(members.map(({ principalId }) => principalId));
  return (
    <MemberTable
      label="Agents"
      workspace={workspace}
      members={agents}
      action={agent => (
        <SuspendOrResume workspace={workspace} agent={agent} orphaned={!people.has(agent.owner?.id ?? '')} />
      )}
    />
  );
}

interface SuspendOrResumeProps {
  readonly workspace: Workspace;
  readonly agent: Member;
  /** Who answered for it has left: whoever resumes it answers for it from then on. */
  readonly orphaned: boolean;
}

function SuspendOrResume({ workspace, agent, orphaned }: SuspendOrResumeProps) {
  const me = useMe();
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  const suspended = !agent.suspended;
  const change = useMutation({
    mutationFn: () =>
      api.patch(workspacePath(workspace.id, 'agents', agent.principalId), {
        suspended,
        ...(orphaned && !suspended ? { ownerId: me.data?.user.id } : {}),
      }),
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
  const [role, setRole] = useState('viewer');
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  const create = useMutation({
    mutationFn: () => api.post(workspacePath(workspace.id, 'agents'), { name, role }),
    onSuccess: () => {
      announce(`Agent ${name} created`);
      setName('');
      changed();
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    create.mutate();
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
          <RoleSelect label="Role of the agent" explained value={role} onChange={setRole} />
        </SimpleGrid>
        <Problem error={create.error} />
        <Button type="submit" loading={create.isPending} className="submit">
          Create agent
        </Button>
      </Stack>
    </Paper>
  );
}
