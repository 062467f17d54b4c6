import { Button, NativeSelect, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answerOf, api, type Connection, type Workspace } from '../../api.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Problem } from '../../parts/problem.tsx';

const audiences = [
  { value: 'owner', label: 'Me alone' },
  { value: 'members', label: 'All members, by role' },
];

import { TokenField } from './token-field.tsx';

/** Connects by the token of an internal integration, or replaces the one before. The token leaves the page at once. */
export function PasteToken({ workspace }: { readonly workspace: Workspace }) {
  const [token, setToken] = useState('');
  const [audience, setAudience] = useState<Connection['audience']>('owner');
  const announce = useAnnounce();
  const queries = useQueryClient();
  const paste = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/workspaces/{workspace}/connections', {
          params: { path: { workspace: workspace.id } },
          body: { token, audience },
        }),
      ),
    onSuccess: () => {
      announce('Connected by token');
      for (const list of ['connections', 'capabilities', 'workspace']) {
        void queries.invalidateQueries({ queryKey: [list, workspace.id] });
      }
    },
    // Right or wrong, it is not kept here.
    onSettled: () => setToken(''),
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    paste.mutate();
  }
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit} aria-label="Connect by a token">
      <Stack>
        <Text size="sm">
          Where consent in the browser is not wanted: the token of an internal integration. Notion is asked whose it is.
          A token of the same integration replaces the one before.
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TokenField value={token} onChange={setToken} />
          <NativeSelect
            label="Used by"
            data={audiences}
            value={audience}
            onChange={event => setAudience(event.currentTarget.value as Connection['audience'])}
          />
        </SimpleGrid>
        <Problem error={paste.error} />
        <Button type="submit" variant="default" loading={paste.isPending} className="submit">
          Connect by token
        </Button>
      </Stack>
    </Paper>
  );
}
