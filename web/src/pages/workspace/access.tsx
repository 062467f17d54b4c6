import { Anchor, Button, Group, Paper, Stack, Table, Text } from '@mantine/core';
import { type UseInfiniteQueryResult, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import {
  type AccessReport,
  answerOf,
  api,
  type CapabilityFinding,
  type ReportedConnection,
  type Workspace,
} from '../../api.ts';
import { Problem } from '../../parts/problem.tsx';
import { Section } from '../../parts/section.tsx';
import { VerdictMark } from './access-findings.tsx';
import { AccessItems } from './access-items.tsx';
import { kindName } from './connection-kind.ts';

/** What each connection can do and see at Notion. It asks Notion only after a person presses the button. */
export function Access({ workspace }: { readonly workspace: Workspace }) {
  // Each question to Notion starts a list of its own: going on with one never asks again for what it has.
  const [asking, setAsking] = useState(0);
  const report = useReport(workspace.id, asking);
  const pages = report.data?.pages ?? [];
  return (
    <Stack gap="xl">
      <Section
        title="Access at Notion"
        explanation="What each connection can do and see there, compared with what roles and keys here can use. Asking changes nothing at Notion, and takes part of its rate limit."
      >
        <Group>
          <Button
            loading={report.isFetching && !report.isFetchingNextPage}
            onClick={() => setAsking(asking + 1)}
            variant={pages.length === 0 ? 'filled' : 'default'}
          >
            {pages.length === 0 ? 'Ask Notion' : 'Ask again from the beginning'}
          </Button>
        </Group>
        {report.isError && <Problem error={report.error} />}
        {pages[0]?.connections.map(connection => (
          <Capabilities key={connection.id} connection={connection} />
        ))}
      </Section>
      {pages.length > 0 && (
        <Section
          title="What they see"
          explanation="As far as Notion's search shows, which lags behind changes. Everything in a shared root is shared with it."
        >
          <AccessItems items={pages.flatMap(({ items }) => items)} connections={pages[0]?.connections ?? []} />
          <WayOn report={report} />
        </Section>
      )}
    </Stack>
  );
}

type Report = UseInfiniteQueryResult<{ pages: AccessReport[] }>;

/** Fetched only when a person asked for it: each part costs calls to Notion. */
function useReport(workspaceId: string, asking: number): Report {
  const queries = useQueryClient();
  const report = useInfiniteQuery({
    queryKey: ['access', workspaceId, asking],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/api/workspaces/{workspace}/report/access', {
          params: {
            path: { workspace: workspaceId },
            query: { limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.nextCursor,
    enabled: asking > 0,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { dataUpdatedAt } = report;
  useEffect(() => {
    if (dataUpdatedAt > 0) void queries.invalidateQueries({ queryKey: ['capabilities', workspaceId] });
  }, [dataUpdatedAt, queries, workspaceId]);
  return report;
}

const stops: ReadonlyMap<string, string> = new Map([
  ['rate_limited', "Notion's rate limit is reached. What was found so far is shown; go on in a while."],
  ['unavailable', 'Notion did not answer. What was found so far is shown; go on in a while.'],
  ['refused', 'Notion refused to search through one of the connections. See which of them lacks "Read content".'],
  ['inconsistent', "Notion's list of what one of the connections sees led nowhere. Ask again from the beginning."],
]);

/** Why the list ends here, and how it goes on. */
function WayOn({ report }: { readonly report: Report }) {
  const last = report.data?.pages.at(-1);
  if (last === undefined) return null;
  const trouble = stops.get(last.stopped);
  return (
    <Stack gap="xs">
      <Text size="sm" role="status">
        {trouble ?? (last.nextCursor === null ? 'That is all that search tells.' : 'There may be more.')}
      </Text>
      {last.nextCursor !== null && (
        <Group>
          <Button variant="default" loading={report.isFetchingNextPage} onClick={() => void report.fetchNextPage()}>
            {trouble === undefined ? 'Show more' : 'Go on'}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

const reaches: ReadonlyMap<string, string> = new Map([
  ['private', 'It serves its owner alone: what it sees is for that person.'],
  ['not_working', 'It does not work, so Notion could not be asked. What was learned before is shown.'],
  ['hosted_mcp', 'It sees what its person sees. There are no capabilities, and no pages that were shared with it.'],
]);

function Capabilities({ connection }: { readonly connection: ReportedConnection }) {
  const { kind, reach, capabilities } = connection;
  return (
    <Paper withBorder p="md" component="article" aria-label={kindName(kind)}>
      <Text fw={600} mb="xs">
        {kindName(kind)}
      </Text>
      {reaches.has(reach) && <Text size="sm">{reaches.get(reach)}</Text>}
      {capabilities.length > 0 && (
        <Table verticalSpacing="xs" aria-label={`Capabilities of ${kindName(kind)}`}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Capability</Table.Th>
              <Table.Th w={110}>Has it</Table.Th>
              <Table.Th visibleFrom="sm">What to do</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {capabilities.map(finding => (
              <CapabilityRow key={finding.capability} finding={finding} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Text size="xs" c="dimmed" mt="xs">
        The settings are at{' '}
        <Anchor href="https://www.notion.so/profile/integrations" target="_blank" rel="noreferrer" size="xs">
          notion.so/profile/integrations
        </Anchor>
        .
      </Text>
    </Paper>
  );
}

const haves: Readonly<Record<CapabilityFinding['state'], string>> = {
  held: 'Yes',
  lacking: 'No',
  unknown: 'Not known',
};

function CapabilityRow({ finding }: { readonly finding: CapabilityFinding }) {
  const { name, state, verdict, advice, learnedBy } = finding;
  const words = [advice, learnedBy].filter(Boolean).join(' ');
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm">{name}</Text>
        {verdict !== 'unknown' && <VerdictMark verdict={verdict} />}
        <Text size="xs" c="dimmed" hiddenFrom="sm">
          {words}
        </Text>
      </Table.Td>
      <Table.Td>{haves[state]}</Table.Td>
      <Table.Td visibleFrom="sm">
        <Text size="sm">{words}</Text>
      </Table.Td>
    </Table.Tr>
  );
}
