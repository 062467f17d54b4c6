import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type AuditEntry, type AuditPage, type AuditPrincipal, answerOf, api } from '../../api.ts';
import { exactTime } from '../../parts/time.tsx';

const refreshMs = 4_000;
const pageSize = 50;
// Each refresh reads every loaded page again. Who has scrolled this far is reading, not watching.
const refreshedPagesMax = 4;

/** What the list is narrowed to; an empty text does not narrow. The names are the API's. */
export interface LogFilters {
  readonly text: string;
  readonly page: string;
  readonly principal: string;
  readonly effect: string;
  readonly result: string;
  readonly door: string;
  readonly since: string;
  readonly until: string;
  /** Separated by commas. */
  readonly activity: string;
}

/** Everything of one kind: nothing is folded away. */
export const noFilters: LogFilters = {
  text: '',
  page: '',
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

function queryOf({ workspaceId }: LogSource, { since, until, ...filters }: LogFilters): URLSearchParams {
  const given = {
    ...filters,
    text: filters.text.trim(),
    page: filters.page.trim(),
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
  return `${source.workspaceId === null ? '/api/deployment/audit' : '/api/audit'}/export?${query}`;
}

/** The log, newest entries first, read again every few seconds while the page is in view. */
export function useLog(source: LogSource, filters: LogFilters) {
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
    refetchInterval: query => ((query.state.data?.pages.length ?? 0) <= refreshedPagesMax ? refreshMs : false),
    placeholderData: keepPreviousData,
  });
}

/** What to call somebody in the log; who has left keeps the id. */
type NameOf = (principal: AuditPrincipal | null) => string;

export interface Names {
  readonly nameOf: NameOf;
  /** The name of what has an id; the text itself where it has none. */
  readonly named: (id: string) => string;
}

export function namesFrom(pages: readonly AuditPage[]): Names {
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
