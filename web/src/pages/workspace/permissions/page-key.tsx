import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type NewKey, type PageAccess, type Workspace } from '../../../api.ts';
import { useAnnounce } from '../../../parts/announcer.tsx';
import { Problem } from '../../../parts/problem.tsx';
import { Secret } from '../../../parts/secret.tsx';
import { useMembershipChanged } from '../membership.ts';
import { PrincipalSelect } from '../principal-select.tsx';
import { DecisionTester } from './tester/decision-tester.tsx';

interface PageKeyProps {
  readonly workspace: Workspace;
  readonly page: PageAccess;
}

/** A key for this page and everything below it, and nothing else: the quickest way to give an agent one page. */
export function PageKey({ workspace, page }: PageKeyProps) {
  const [asking, setAsking] = useState(false);
  const [agent, setAgent] = useState('');
  const [role, setRole] = useState('viewer');
  const [created, setCreated] = useState<NewKey | null>(null);
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  const create = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/workspaces/{workspace}/keys', {
          params: { path: { workspace: workspace.id } },
          body: {
            name: `Only ${page.title === '' ? 'one page' : page.title}`.slice(0, 100),
            limitTo: { role, under: [page.id] },
            ...(agent !== '' && { principalId: agent }),
          },
        }),
      ),
    gcTime: 0,
    onSuccess: answer => {
      announce('Key made. Copy it now.');
      setCreated(answer);
      setAsking(false);
      changed();
    },
  });
  const tester = (
    <DecisionTester
      label="Test the key"
      workspaceId={workspace.id}
      principal={agent}
      page={page}
      limitTo={{ role, under: [page.id] }}
    />
  );
  if (created !== null) {
    return (
      <Stack gap="sm">
        <Secret
          title="The new key"
          secret={created.secret}
          explanation="It reaches this page and everything below it. It is shown only this once."
          onDone={() => setCreated(null)}
        />
        {tester}
      </Stack>
    );
  }
  if (!asking) {
    return (
      <Group>
        <Button variant="default" onClick={() => setAsking(true)}>
          Make a key for this page only
        </Button>
      </Group>
    );
  }
  return (
    <Stack gap="sm">
      <PrincipalSelect
        label="For"
        workspaceId={workspace.id}
        kind="agent"
        nobody="Yourself"
        value={agent}
        onChange={setAgent}
      />
      <NativeSelect
        label="It may"
        data={[
          { value: 'viewer', label: 'read' },
          { value: 'editor', label: 'read and change' },
        ]}
        value={role}
        onChange={event => setRole(event.currentTarget.value)}
      />
      <Group>
        <Button loading={create.isPending} onClick={() => create.mutate()}>
          Make the key
        </Button>
        <Button variant="subtle" onClick={() => setAsking(false)}>
          Cancel
        </Button>
      </Group>
      <Problem error={create.error} />
      <Text size="sm" c="dimmed">
        Before it is made: what a call with this key would get.
      </Text>
      {tester}
    </Stack>
  );
}
