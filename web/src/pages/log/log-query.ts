import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type AuditEntry, type AuditPage, type AuditPrincipal, answerOf, api } from '../../api.ts';
import { exactTime } from '../../parts/time.tsx';

const refreshMs = 4_000;
// A count looks at many entries.
const countedAgainMs = 60_000;
const pageSize = 50;
// Each refresh reads every loaded page again. A reader who has scrolled this far is reading, not watching.
const refreshedPagesMax = 4;

/** What the list is narrowed to; an empty text does not narrow. The names are the API's. */
export interface LogFilters {
  readonly text: string;
  readonly page: string;
  /** `yes`: includes everything below that page. */
  readonly below: string;
  readonly action: string;
  readonly reason: string;
  readonly principal: string;
  readonly effect: string;
  readonly result: string;
  readonly door: string;
  readonly since: string;
  readonly until: string;
  /** Separated by commas. */
  readonly activity: string;
}

/** Everything of one kind: nothing is left out. */
export const noFilters: LogFilters = {
  text: '',
  page: '',
  below: '',
  action: '',
  reason: '',
  principal: '',
  effect: '',
  result: '',
  door: '',
  since: '',
  until: '',
  activity: '',
};

/** Where a log is read: of a workspace, or the deployment's own (null). */
export interface LogSource {
  readonly workspaceId: string | null;
}

function queryOf({ workspaceId }: LogSource, { since, until, below, page, ...filters }: LogFilters): URLSearchParams {
  const given = {
    ...filters,
    text: filters.text.trim(),
    reason: filters.reason.trim(),
    [below === '' ? 'page' : 'subtree']: page.trim(),
    since: instant(since),
    until: instant(until),
  };
  const query = new URLSearchParams(workspaceId === null ? {} : { workspace: workspaceId });
  for (const [name, value] of Object.entries(given)) if (value !== '') query.set(name, value);
  return query;
}

/** The reader's local time, as the field has it, as an instant. */
function instant(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}

/** Where all that matches is had as a file. */
export function exportAddress(source: LogSource, filters: LogFilters, format: 'csv' | 'jsonl'): string {
  const query = queryOf(source, filters);
  query.set('format', format);
  return `${rootOf(source)}/export?${query}`;
}

/** The address for new entries; `from` is the index of the first entry that is not known yet. */
export function tailAddress(source: LogSource, filters: LogFilters, from: number | null): string {
  const query = queryOf(source, filters);
  if (from !== null) query.set('from', String(from));
  return `${rootOf(source)}/tail?${query}`;
}

function rootOf({ workspaceId }: LogSource): string {
  return workspaceId === null ? '/api/deployment/audit' : '/api/audit';
}

/** How many calls and events there were in each hour, of those that match. */
export function useCounts(source: LogSource, filters: LogFilters) {
  return useQuery({
    queryKey: ['audit-counts', source.workspaceId, filters],
    queryFn: () => {
      const params = { params: { query: Object.fromEntries(queryOf(source, filters)) as never } };
      return answerOf(
        source.workspaceId === null
          ? api.GET('/api/deployment/audit/counts', params)
          : api.GET('/api/audit/counts', params),
      );
    },
    refetchInterval: countedAgainMs,
    placeholderData: keepPreviousData,
  });
}

/** The log, newest entries first. It is read again every few seconds, unless the page follows the log (`live`). */
export function useLog(source: LogSource, filters: LogFilters, live: boolean) {
  return useInfiniteQuery({
    queryKey: ['audit', source.workspaceId, filters],
    queryFn: ({ pageParam }) => {
      const query = queryOf(source, filters);
      query.set('limit', String(pageSize));
      if (pageParam !== null) query.set('cursor', pageParam);
      // The filters are texts of a form, which the server reads and checks.
      const params = { params: { query: Object.fromEntries(query) as never } };
      return answerOf(
        source.workspaceId === null ? api.GET('/api/deployment/audit', params) : api.GET('/api/audit', params),
      );
    },
    initialPageParam: null as string | null,
    getNextPageParam: page => page.nextCursor,
    refetchInterval: query => (!live && (query.state.data?.pages.length ?? 0) <= refreshedPagesMax ? refreshMs : false),
    placeholderData: keepPreviousData,
  });
}

/** The name of a principal in the log; those that have left are shown by id. */
type NameOf = (principal: AuditPrincipal | null) => string;

export interface Names {
  readonly nameOf: NameOf;
  /** The name for an id; the text itself if it is none. */
  readonly named: (id: string) => string;
}

export function namesFrom(pages: readonly Pick<AuditPage, 'names'>[]): Names {
  const names = new Map(pages.flatMap(page => Object.entries(page.names)));
  return {
    named: id => names.get(id) ?? id,
    nameOf: principal => {
      if (principal === null || principal.kind === 'system') return 'Portcullis';
      return principal.id === null ? principal.kind : (names.get(principal.id) ?? principal.id);
    },
  };
}

/** A sentence about the newest denied call since the list was opened, for a live region. */
export function useDenialNews(entries: readonly AuditEntry[], nameOf: NameOf): string {
  const [openedAt] = useState(() => new Date().toISOString());
  const latest = entries.find(entry => entry.kind === 'denial' && entry.time > openedAt);
  return latest ? `Denied: ${latest.operation} by ${nameOf(latest.principal)}, at ${exactTime(latest.time)}` : '';
}
