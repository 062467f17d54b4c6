import { Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type Session } from '../api.ts';
import { useMe } from '../me.ts';
import { useAnnounce } from '../parts/announcer.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Mark } from '../parts/mark.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { Time } from '../parts/time.tsx';
import { PasswordForm } from './password-form.tsx';

export function Account() {
  const me = useMe();
  const announce = useAnnounce();
  const queries = useQueryClient();
  return (
    <Stack gap="xl">
      <Stack gap={0}>
        <PageTitle text="Account" />
        <Text c="dimmed" className="hostile">
          {me.data?.user.name} · {me.data?.user.email}
        </Text>
      </Stack>
      <Stack component="section" aria-labelledby="sessions" gap="sm">
        <Title order={2} size="h4" id="sessions">
          Sessions
        </Title>
        <Sessions />
      </Stack>
      <Stack component="section" aria-labelledby="password" gap="sm">
        <Title order={2} size="h4" id="password">
          Password
        </Title>
        <Paper withBorder p="md" maw={420}>
          <PasswordForm
            askCurrent={me.data?.user.hasPassword ?? false}
            onDone={() => {
              announce('Password saved');
              return queries.invalidateQueries();
            }}
          />
        </Paper>
      </Stack>
    </Stack>
  );
}

function Sessions() {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: () => api.get<{ sessions: Session[] }>('/me/sessions'),
  });
  return (
    <Loaded query={sessions}>
      {data => (
        <Table.ScrollContainer minWidth={360}>
          <Table verticalSpacing="sm" aria-labelledby="sessions">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Browser</Table.Th>
                <Table.Th>Last seen</Table.Th>
                <Table.Th aria-label="Actions" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.sessions.map(session => (
                <Table.Tr key={session.id}>
                  <Table.Td className="hostile">
                    <Group gap="xs">
                      <Text size="sm">{browserName(session.userAgent)}</Text>
                      {session.current && <Mark label="this one" icon="allowed" tone="good" />}
                    </Group>
                    <Text size="xs" c="dimmed">
                      from {session.clientAddress}, since <Time at={session.createdAt} />
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Time at={session.lastSeenAt} />
                  </Table.Td>
                  <Table.Td ta="right">
                    <Confirm
                      label="End"
                      of={`the session of ${browserName(session.userAgent)}`}
                      question="End this session?"
                      consequence={
                        session.current ? 'You will be signed out here.' : 'Whoever uses it is signed out at once.'
                      }
                      run={() => api.delete(`/me/sessions/${encodeURIComponent(session.id)}`)}
                      onDone={() => {
                        announce('Session ended');
                        void queries.invalidateQueries({ queryKey: session.current ? ['me'] : ['sessions'] });
                      }}
                    />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Loaded>
  );
}

/** "Firefox on Linux" out of a User-Agent; its beginning when it is an unknown one. */
function browserName(userAgent: string): string {
  const browser = /(Edg|OPR|Firefox|HeadlessChrome|Chrome|Safari)\//.exec(userAgent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(userAgent)?.[1];
  if (browser === undefined) return userAgent.slice(0, 60) || 'unknown';
  return system === undefined ? browser : `${browser} on ${system}`;
}
