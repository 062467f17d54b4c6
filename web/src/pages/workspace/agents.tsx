import { Button, Paper, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, type Member, type Workspace, workspacePath } from '../../api.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Problem } from '../../parts/problem.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';
import { Section } from '../../parts/section.tsx';
import { Keys } from './keys.tsx';
import { MemberTable } from './member-table.tsx';
import { useMembers, useMembershipChanged } from './membership.ts';

/** Agents, and the keys with which agents and people call. Who is no admin has keys of their own only. */
export function Agents({ workspace }: { readonly workspace: Workspace }) {
  const admin = workspace.role === 'admin';
  const members = useMembers(workspace.id, admin);
  const agents = members.data?.members.filter(member => member.kind === 'agent') ?? [];
  return (
    <Stack gap="xl">
      {admin && (
        <Section
          title="Agents"
          explanation="Programs with an identity of their own. A person answers for each of them."
        >
          <Loaded query={members}>{() => <AgentList workspace={workspace} agents={agents} />}</Loaded>
          <CreateAgent workspace={workspace} />
        </Section>
      )}
      <Keys workspace={workspace} agents={agents} />
    </Stack>
  );
}

function AgentList({ workspace, agents }: { readonly workspace: Workspace; readonly agents: readonly Member[] }) {
  if (agents.length === 0) return <Text size="sm">There are no agents yet.</Text>;
  return <MemberTable label="Agents" workspace={workspace} members={agents} />;
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
