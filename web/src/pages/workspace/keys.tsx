import { Checkbox, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Key, type Member, type Workspace, workspacePath } from '../../api.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Mark } from '../../parts/mark.tsx';
import { Secret } from '../../parts/secret.tsx';
import { Section } from '../../parts/section.tsx';
import { Time } from '../../parts/time.tsx';
import { type CreatedKey, CreateKey } from './create-key.tsx';
import { useMembershipChanged } from './membership.ts';

interface KeysProps {
  readonly workspace: Workspace;
  readonly agents: readonly Member[];
}

export function Keys({ workspace, agents }: KeysProps) {
  const [created, setCreated] = useState<CreatedKey | null>(null);
  const keys = useQuery({
    queryKey: ['keys', workspace.id],
    queryFn: () => api.get<{ keys: Key[] }>(workspacePath(workspace.id, 'keys')),
  });
  return (
    <Section
      title="API keys"
      explanation="A key acts as its person or agent, in this workspace only, and never does more than they may."
    >
      {created && (
        <Secret
          title={`Key for ${created.key.name}`}
          secret={created.secret}
          explanation="Copy the key now: it is shown only once, and Portcullis cannot show it again."
          onDone={() => setCreated(null)}
        />
      )}
      <Loaded query={keys}>{data => <KeyTable workspace={workspace} keys={data.keys} />}</Loaded>
      <CreateKey workspace={workspace} agents={agents} onCreated={setCreated} />
    </Section>
  );
}

function KeyTable({ workspace, keys }: { readonly workspace: Workspace; readonly keys: readonly Key[] }) {
  const [all, setAll] = useState(false);
  const working = keys.filter(key => !hasEnded(key));
  return (
    <Stack gap="sm">
      {working.length === 0 && <Text size="sm">There are no working keys.</Text>}
      {(all ? keys : working).length > 0 && <KeyRows workspace={workspace} keys={all ? keys : working} />}
      {working.length < keys.length && (
        <Checkbox
          label="Show revoked and expired keys too"
          checked={all}
          onChange={event => setAll(event.currentTarget.checked)}
        />
      )}
    </Stack>
  );
}

function hasEnded(key: Key): boolean {
  return key.revokedAt !== null || Date.parse(key.expiresAt) <= Date.now();
}

function KeyRows({ workspace, keys }: { readonly workspace: Workspace; readonly keys: readonly Key[] }) {
  return (
    <Table verticalSpacing="sm" aria-label="API keys">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Key</Table.Th>
          <Table.Th visibleFrom="sm">Expires</Table.Th>
          <Table.Th visibleFrom="xs">Last used</Table.Th>
          <Table.Th w={110} aria-label="Actions" />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {keys.map(key => (
          <KeyRow key={key.id} workspace={workspace} apiKey={key} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function KeyRow({ workspace, apiKey }: { readonly workspace: Workspace; readonly apiKey: Key }) {
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  return (
    <Table.Tr>
      <Table.Td>
        <Stack gap={0} className="hostile">
          <Text size="sm" fw={500}>
            {apiKey.name} <Text span size="xs" ff="monospace" c="dimmed">{`pcl_…${apiKey.ending}`}</Text>
          </Text>
          <Text size="xs" c="dimmed">
            {apiKey.principalName},{' '}
            {apiKey.ceiling === null ? 'whatever its role allows' : `only ${apiKey.ceiling.join(', ')}`}
          </Text>
          <Text size="xs" c="dimmed" hiddenFrom="sm">
            Expires <Time at={apiKey.expiresAt} />
          </Text>
        </Stack>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Time at={apiKey.expiresAt} />
      </Table.Td>
      <Table.Td visibleFrom="xs">
        <Time at={apiKey.lastUsedAt} />
      </Table.Td>
      <Table.Td ta="right">
        {apiKey.revokedAt !== null && <Mark label="Revoked" icon="denied" tone="quiet" />}
        {apiKey.revokedAt === null && hasEnded(apiKey) && <Mark label="Expired" icon="denied" tone="quiet" />}
        {!hasEnded(apiKey) && (
          <Confirm
            label="Revoke"
            of={apiKey.name}
            question={`Revoke ${apiKey.name}?`}
            consequence="Calls with this key are refused at once, for good. Other keys go on working."
            run={() => api.delete(workspacePath(workspace.id, 'keys', apiKey.id))}
            onDone={() => {
              announce(`${apiKey.name} revoked`);
              changed();
            }}
          />
        )}
      </Table.Td>
    </Table.Tr>
  );
}
