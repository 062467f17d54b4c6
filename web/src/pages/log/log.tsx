import { Button, Center, Group, Stack, Switch, Text, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { ListTable } from '../../list/list-table.tsx';
import { Problem } from '../../parts/problem.tsx';
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
  const log = useLog(source, settled);
  const pages = log.data?.pages ?? [];
  const entries = pages.flatMap(page => page.entries);
  const names = namesFrom(pages);
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
        {mayHaveTitles ? (
          <Switch
            label="Titles of pages, asked of Notion as you"
            checked={showTitles}
            onChange={event => setShowTitles(event.currentTarget.checked)}
          />
        ) : (
          <span />
        )}
        <Exports source={source} filters={settled} />
      </Group>
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

/** One reading looks at so many entries: what is searched for may stand further back. */
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
