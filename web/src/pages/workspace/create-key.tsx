import { Button, Checkbox, Group, NativeSelect, Paper, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Action, contentActions } from '../../../../src/domain/action.ts';
import { answerOf, api, type NewKey, type Workspace } from '../../api.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Problem } from '../../parts/problem.tsx';
import { mayIn, useMembershipChanged } from './membership.ts';
import { PrincipalSelect } from './principal-select.tsx';

interface CreateKeyProps {
  readonly workspace: Workspace;
  readonly onCreated: (created: NewKey) => void;
}

const lifetimes = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
];

export function CreateKey({ workspace, onCreated }: CreateKeyProps) {
  const [name, setName] = useState('');
  const [principalId, setPrincipalId] = useState('');
  const [expiresInDays, setExpiresInDays] = useState('90');
  const [limited, setLimited] = useState(false);
  const [limitTo, setLimitTo] = useState<Action[]>(['read']);
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  const create = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/workspaces/{workspace}/keys', {
          params: { path: { workspace: workspace.id } },
          body: {
            name,
            expiresInDays: Number(expiresInDays),
            ...(principalId === '' ? {} : { principalId }),
            ...(limited ? { limitTo } : {}),
          },
        }),
      ),
    // The answer holds the secret: it goes to the notice that shows it once, and stays in no cache.
    gcTime: 0,
    onSuccess: created => {
      onCreated(created);
      announce(`Key ${created.key.name} created. Copy it now.`);
      setName('');
      changed();
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    create.mutate();
  }
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit} aria-label="Create a key">
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <TextInput
            label="Name of the key"
            required
            maxLength={100}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          {mayIn(workspace, 'members') && (
            <PrincipalSelect
              label="Acts as"
              workspaceId={workspace.id}
              kind="agent"
              nobody="Yourself"
              value={principalId}
              onChange={setPrincipalId}
            />
          )}
          <NativeSelect
            label="Expires in"
            data={lifetimes}
            value={expiresInDays}
            onChange={event => setExpiresInDays(event.currentTarget.value)}
          />
        </SimpleGrid>
        <Checkbox
          label="Limit the key to some actions"
          checked={limited}
          onChange={event => setLimited(event.currentTarget.checked)}
        />
        {limited && (
          <Checkbox.Group label="Actions" value={limitTo} onChange={values => setLimitTo(values as Action[])}>
            <Group mt="xs" gap="md">
              {contentActions.map(action => (
                <Checkbox key={action} value={action} label={action} />
              ))}
            </Group>
          </Checkbox.Group>
        )}
        <Problem error={create.error} />
        <Button type="submit" loading={create.isPending} className="submit">
          Create key
        </Button>
      </Stack>
    </Paper>
  );
}
