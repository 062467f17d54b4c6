import { Group, Stack, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, type Member, type Workspace, workspacePath } from '../../api.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Mark } from '../../parts/mark.tsx';
import { Problem } from '../../parts/problem.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';
import { mayIn, useMembershipChanged } from './membership.ts';

interface MemberTableProps {
  readonly label: string;
  readonly workspace: Workspace;
  readonly members: readonly Member[];
  /** What else can be done with a member, besides removing. */
  readonly action?: (member: Member) => ReactNode;
}

/** People or agents with their roles, which change at once for those who may change them. */
export function MemberTable({ label, workspace, members, action }: MemberTableProps) {
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  const mayManage = mayIn(workspace, 'members');
  const path = (member: Member) => workspacePath(workspace.id, 'members', member.principalId);
  const setRole = useMutation({
    mutationFn: ({ member, role }: { member: Member; role: string }) => api.patch(path(member), { role }),
    onSuccess: (_, { member, role }) => announce(`${member.name} is ${role} now`),
    onSettled: changed,
  });
  return (
    <Stack gap="sm">
      <Problem error={setRole.error} />
      <Table verticalSpacing="sm" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th w={130}>Role</Table.Th>
            <Table.Th w={action ? { base: 110, sm: 200 } : 110} aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {members.map(member => (
            <Table.Tr key={member.principalId}>
              <Table.Td>
                <Identity member={member} />
              </Table.Td>
              <Table.Td>
                {mayManage ? (
                  <RoleSelect
                    aria-label={`Role of ${member.name}`}
                    size="xs"
                    value={
                      setRole.isPending && setRole.variables.member === member ? setRole.variables.role : member.role
                    }
                    disabled={setRole.isPending}
                    onChange={role => setRole.mutate({ member, role })}
                  />
                ) : (
                  member.role
                )}
              </Table.Td>
              <Table.Td ta="right">
                {mayManage && (
                  <Group gap="xs" justify="flex-end">
                    {action?.(member)}
                    <Confirm
                      label="Remove"
                      of={member.name}
                      question={`Remove ${member.name}?`}
                      consequence={`Calls of ${member.name} in ${workspace.name} are refused at once, with every key. The log keeps what was done.`}
                      run={() => api.delete(path(member))}
                      onDone={() => {
                        announce(`${member.name} removed`);
                        changed();
                      }}
                    />
                  </Group>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
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
