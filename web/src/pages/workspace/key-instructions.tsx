import { Button, Group, Paper, Stack, Switch } from '@mantine/core';
import { useState } from 'react';
import type { NewKey, Workspace } from '../../api.ts';
import { Secret } from '../../parts/secret.tsx';
import { Section } from '../../parts/section.tsx';
import { ClientSnippets } from './client-snippets.tsx';
import { FirstCallWatch } from './first-call.tsx';

interface KeyInstructionsProps {
  readonly workspace: Workspace;
  readonly created: NewKey;
  readonly onDone: () => void;
}

/** What to do with a key that was just made: store it, use it, and see its first call arrive. */
export function KeyInstructions({ workspace, created, onDone }: KeyInstructionsProps) {
  const { key, secret, asNotionToken } = created;
  const [stored, setStored] = useState(false);
  const [dressed, setDressed] = useState(false);
  return (
    <Section title={`Use ${key.name}`}>
      {!stored && (
        <>
          <Secret
            title={`Key for ${key.name}`}
            secret={dressed ? asNotionToken : secret}
            explanation="Copy the key now: it is shown only once, and Portcullis cannot show it again."
            onDone={() => setStored(true)}
          />
          <Switch
            label="In the form of Notion's own tokens (ntn_…), for clients that take no other"
            checked={dressed}
            onChange={event => setDressed(event.currentTarget.checked)}
          />
        </>
      )}
      <Paper withBorder p="md">
        <Stack>
          <ClientSnippets />
          <FirstCallWatch workspace={workspace} keyId={key.id} />
          {stored && (
            <Group>
              <Button variant="default" onClick={onDone}>
                Close
              </Button>
            </Group>
          )}
        </Stack>
      </Paper>
    </Section>
  );
}
