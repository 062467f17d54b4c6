import { Button, Center, Group, Stack, Switch, Text, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import type { AuditEntry } from '../../api.ts';
import { ListTable } from '../../list/list-table.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Histogram } from './histogram.tsx';
import { fieldsOf } from './hours.ts';
import { logColumns } from './log-columns.tsx';
import { LogDetails } from './log-details.tsx';
import { activitiesAtFirst, LogFiltersForm } from './log-filters.tsx';
import {
  exportAddress,
  type LogFilters,
  type LogSource,
  namesFrom,
  noFilters,
  useDenialNews,
  useLog,
} from './log-query.ts';
import { useTail, withHeard } from './tail.ts';
import { useTitles } from './titles.ts';

interface LogProps {
  readonly source: LogSource;
  /** Whether the reader may read pages here: then their titles are shown. */
  readonly titles: boolean;
  /** Choosing who called. */
  readonly who?: (filters: LogFilters, onChange: (filters: LogFilters) => void) => ReactNode;
}

/** A log, newest entries first: searched, narrowed, and taken away as a file. It refreshes itself. */
export function Log({ source, titles: mayHaveTitles, who }: LogProps) {
  const ofWorkspace = source.workspaceId !== null;
  const [filters, setFilters] = useState({ ...noFilters, activity: activitiesAtFirst });
  const [settled] = useDebouncedValue(filters, 300);
  const [showTitles, setShowTitles] = useState(true);
  const [live, setLive] = useState(false);
  const log = useLog(source, settled, live);
  const pages = log.data?.pages ?? [];
  const read = pages.flatMap(page => page.entries);
  const tail = useTail(source, settled, live, nextAfter(read));
  const entries = withHeard(tail.entries, read);
  const names = namesFrom([...pages, tail]);
  const titleOf = useTitles(source.workspaceId ?? '', entries, mayHaveTitles && showTitles);
  const news = useDenialNews(entries, names.nameOf);
  return (
    <Stack gap="sm">
      <LogFiltersForm
        filters={filters}
        onChange={setFilters}
        ofWorkspace={ofWorkspace}
        who={who?.(filters, setFilters)}
      />
      <Group justify="space-between">
        <Group gap="md">
          <Switch label="Live" checked={live} onChange={event => setLive(event.currentTarget.checked)} />
          {mayHaveTitles && (
            <Switch
              label="Titles of pages, asked of Notion as you"
              checked={showTitles}
              onChange={event => setShowTitles(event.currentTarget.checked)}
            />
          )}
        </Group>
        <Exports source={source} filters={settled} />
      </Group>
      <Histogram
        source={source}
        filters={settled}
        onHour={hour => setFilters(before => ({ ...before, ...fieldsOf(hour) }))}
      />
      {tail.ended && (
        <Text size="sm" role="status">
          The server no longer sends what comes. Switch Live off and on to listen again.
        </Text>
      )}
      <VisuallyHidden role="status">{news}</VisuallyHidden>
      {log.isError && <Problem error={log.error} onRetry={() => void log.refetch()} />}
      <ListTable
        label="Audit log"
        rows={entries}
        columns={logColumns(names, titleOf)}
        state={null}
        busy={log.isPending}
        keyOf={entry => entry.id}
        classOf={entry => (entry.kind === 'denial' ? 'denied' : '')}
        detail={{
          of: entry => entry.operation,
          content: entry => (
            <LogDetails entry={entry} workspaceId={source.workspaceId} named={names.named} titleOf={titleOf} />
          ),
        }}
      />
      <Older log={log} shown={entries.length} />
    </Stack>
  );
}

/** The index of the first entry that a reader of these does not know yet; null if none has a place. */
function nextAfter(read: readonly AuditEntry[]): number | null {
  const places = read.flatMap(({ index }) => index ?? []);
  return places.length === 0 ? null : Math.max(...places) + 1;
}

function Exports({ source, filters }: { readonly source: LogSource; readonly filters: LogFilters }) {
  return (
    <Group gap="xs">
      <Button component="a" size="xs" variant="default" href={exportAddress(source, filters, 'csv')} download>
        Export as CSV
      </Button>
      <Button component="a" size="xs" variant="default" href={exportAddress(source, filters, 'jsonl')} download>
        Export as JSON lines
      </Button>
    </Group>
  );
}

interface OlderProps {
  readonly log: ReturnType<typeof useLog>;
  readonly shown: number;
}

/** One reading looks at a limited number of entries: older matches may be further back. */
function Older({ log, shown }: OlderProps) {
  return (
    <>
      {log.isSuccess && shown === 0 && (
        <Text size="sm">{log.hasNextPage ? 'No entry that was looked at so far matches.' : 'No entry matches.'}</Text>
      )}
      {log.hasNextPage && (
        <Center>
          <Button variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            Show older entries
          </Button>
        </Center>
      )}
    </>
  );
}
