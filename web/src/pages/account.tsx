import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api, type Session } from '../api.ts';
import { List } from '../list/list.tsx';
import { type LocalOrder, localPage, useListState } from '../list/list-state.ts';
import type { Column } from '../list/list-table.tsx';
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
    queryFn: () => answerOf(api.GET('/api/me/sessions')),
  });
  const ended = ({ current }: Session) => {
    announce('Session ended');
    void queries.invalidateQueries({ queryKey: current ? ['me'] : ['sessions'] });
  };
  return <Loaded query={sessions}>{data => <SessionList sessions={data.sessions} onEnded={ended} />}</Loaded>;
}

const order: LocalOrder<Session> = {
  text: ({ userAgent, clientAddress }) => `${browserName(userAgent)} ${clientAddress}`,
  by: {
    browser: ({ userAgent }) => browserName(userAgent),
    lastSeen: ({ lastSeenAt }) => lastSeenAt,
  },
};

interface SessionListProps {
  readonly sessions: readonly Session[];
  readonly onEnded: (session: Session) => void;
}

function SessionList({ sessions, onEnded }: SessionListProps) {
  const state = useListState({ sort: 'lastSeen', descending: true });
  const columns: readonly Column<Session>[] = [
    { key: 'browser', label: 'Browser', sortable: true, cell: session => <Browser session={session} /> },
    { key: 'lastSeen', label: 'Last seen', sortable: true, cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
    {
      key: 'actions',
      label: 'Actions',
      actions: true,
      cell: session => <End session={session} onEnded={() => onEnded(session)} />,
    },
  ];
  return (
    <List
      label="Sessions"
      state={state}
      {...localPage(sessions, state, order)}
      columns={columns}
      empty="There are no sessions."
      keyOf={({ id }) => id}
    />
  );
}

function Browser({ session }: { readonly session: Session }) {
  return (
    <>
      <Group gap="xs">
        <Text size="sm">{browserName(session.userAgent)}</Text>
        {session.current && <Mark label="this one" icon="allowed" tone="good" />}
      </Group>
      <Text size="xs" c="dimmed">
        from {session.clientAddress}, since <Time at={session.createdAt} />
      </Text>
    </>
  );
}

function End({ session, onEnded }: { readonly session: Session; readonly onEnded: () => void }) {
  return (
    <Confirm
      label="End"
      of={`the session of ${browserName(session.userAgent)}`}
      question="End this session?"
      consequence={session.current ? 'You will be signed out here.' : 'The browser that uses it is signed out at once.'}
      run={() => answerOf(api.DELETE('/api/me/sessions/{session}', { params: { path: { session: session.id } } }))}
      onDone={onEnded}
    />
  );
}

/** "Firefox on Linux" out of a User-Agent; its beginning when it is an unknown one. */
function browserName(userAgent: string): string {
  const browser = /(Edg|OPR|Firefox|HeadlessChrome|Chrome|Safari)\//.exec(userAgent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(userAgent)?.[1];
  if (browser === undefined) return userAgent.slice(0, 60) || 'unknown';
  return system === undefined ? browser : `${browser} on ${system}`;
}
