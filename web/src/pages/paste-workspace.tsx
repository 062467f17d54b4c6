import { Button, Paper, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answerOf, api } from '../api.ts';
import { Problem } from '../parts/problem.tsx';
import { TokenField } from './workspace/token-field.tsx';

/** Connects a new workspace by the token of an internal integration. Confirming it is the business of the page that follows. */
export function PasteWorkspace() {
  const [token, setToken] = useState('');
  const [name, setName] = useState('');
  const paste = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/api/connections', { body: { token, ...(name.trim() !== '' && { name: name.trim() }) } })),
    onSuccess: ({ confirmPath }) => window.location.assign(confirmPath),
    // Right or wrong, it is not kept here.
    onSettled: () => setToken(''),
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    paste.mutate();
  }
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit} aria-label="Connect a workspace by a token">
      <Stack>
        <Text size="sm">
          A company with an internal integration only: its token connects a new workspace. You confirm it on the next
          page, and become its admin.
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TokenField value={token} onChange={setToken} />
          <TextInput
            label="Name of the workspace, if Notion does not say it"
            maxLength={200}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
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
