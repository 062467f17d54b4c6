import { Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type Workspace } from '../../../api.ts';
import { Loaded } from '../../../parts/loaded.tsx';
import { Secret } from '../../../parts/secret.tsx';
import { Section } from '../../../parts/section.tsx';
import { CreateSink } from './create-sink.tsx';
import { SinkCard } from './sink-card.tsx';

const refreshMs = 10_000;

/** Where the log is sent, how far each receiver has come, and what one refused. */
export function Sinks({ workspace }: { readonly workspace: Workspace }) {
  const queries = useQueryClient();
  const [secret, setSecret] = useState<string | null>(null);
  const sinks = useQuery({
    queryKey: ['sinks', workspace.id],
    queryFn: () =>
      answerOf(api.GET('/api/workspaces/{workspace}/sinks', { params: { path: { workspace: workspace.id } } })),
    refetchInterval: refreshMs,
  });
  const changed = () => void queries.invalidateQueries({ queryKey: ['sinks', workspace.id] });
  return (
    <Section
      title="Sinks"
      explanation="Other receivers of the log of this workspace. Each sink gets every entry, in order; entries that it has not accepted wait for it."
    >
      <CreateSink
        workspace={workspace}
        onCreated={given => {
          setSecret(given);
          changed();
        }}
      />
      {secret !== null && (
        <Secret
          title="The secret of the new sink"
          secret={secret}
          explanation="Its receiver checks signatures with it. It is shown only this once."
          onDone={() => setSecret(null)}
        />
      )}
      <Loaded query={sinks}>
        {data => (
          <Stack gap="md">
            {data.sinks.length === 0 && <Text size="sm">The log is sent nowhere.</Text>}
            {data.sinks.map(sink => (
              <SinkCard key={sink.id} workspace={workspace} sink={sink} onChanged={changed} />
            ))}
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}
