import { Button, Group, Modal, Radio, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { builtInRoles } from '../../../../src/domain/action.ts';
import { answerOf, api, type Member, type Role, type Workspace } from '../../api.ts';
import { AdminQuestion } from '../../parts/admin-question.tsx';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Problem } from '../../parts/problem.tsx';
import { roleExplanations } from '../../parts/role-select.tsx';
import { useMembershipChanged } from './membership.ts';

interface ChangeRoleProps {
  readonly workspace: Workspace;
  readonly member: Member;
}

/** A role changes when it is saved: walking over the choices with the arrow keys changes nothing. */
export function ChangeRole({ workspace, member }: ChangeRoleProps) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="xs" variant="default" onClick={open} aria-label={`Change role of ${member.name}`}>
        Change role
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`Role of ${member.name}`}
        closeButtonProps={{ 'aria-label': 'Cancel' }}
        centered
      >
        <RoleForm workspace={workspace} member={member} onDone={close} />
      </Modal>
    </>
  );
}

function RoleForm({ workspace, member, onDone }: ChangeRoleProps & { readonly onDone: () => void }) {
  const [role, setRole] = useState<Role>(member.role as Role);
  const [asking, setAsking] = useState(false);
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  const save = useMutation({
    mutationFn: () =>
      answerOf(
        api.PATCH('/api/workspaces/{workspace}/members/{principal}', {
          params: { path: { workspace: workspace.id, principal: member.principalId } },
          body: { role },
        }),
      ),
    onSuccess: () => {
      announce(`${member.name} is ${role} now`);
      onDone();
    },
    onSettled: changed,
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (role === 'admin') setAsking(true);
    else save.mutate();
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Radio.Group label="What may they do?" value={role} onChange={setRole}>
          <Stack gap="xs" mt="xs">
            {builtInRoles.map(name => (
              <Radio key={name} value={name} label={name} description={roleExplanations[name]} />
            ))}
          </Stack>
        </Radio.Group>
        <Problem error={save.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={role === member.role}>
            Save
          </Button>
        </Group>
      </Stack>
      <AdminQuestion
        of={asking ? member.name : null}
        workspace={workspace.name}
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          save.mutate();
        }}
      />
    </form>
  );
}
