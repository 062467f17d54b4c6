import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type AuditEntry, type AuditPage, api } from '../../api.ts';
import { exactTime } from '../../parts/time.tsx';

const refreshMs = 4_000;
const pageSize = 50;
// Each refresh reads every loaded page again. Who has scrolled this far is reading, not watching.
const refreshedPagesMax = 4;

/** What the list is narrowed to; an empty text does not narrow. The names are the API's. */
export interface AuditFilters {
  readonly principal: string;
  readonly operation: string;
  readonly effect: string;
  readonly result: string;
}

export const noFilters: AuditFilters = { principal: '', operation: '', effect: '', result: '' };

/** The workspace's log, newest entries first, read again every few seconds while the page is in view. */
export function useAuditLog(workspaceId: string, filters: AuditFilters) {
  return useInfiniteQuery({
    queryKey: ['audit', workspaceId, filters],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({ workspace: workspaceId, limit: String(pageSize) });
      for (const [name, value] of Object.entries(filters)) if (value !== '') query.set(name, value);
      if (pageParam !== null) query.set('cursor', pageParam);
      return api.get<AuditPage>(`/audit?${query}`);
    },
    initialPageParam: null as string | null,
    getNextPageParam: page => page.nextCursor,
    refetchInterval: query => ((query.state.data?.pages.length ?? 0) <= refreshedPagesMax ? refreshMs : false),
    placeholderData: keepPreviousData,
  });
}

/** A sentence about the newest denied call since the list was opened, for a live region. */
export function useDenialNews(entries: readonly AuditEntry[]): string {
  const [openedAt] = useState(() => new Date().toISOString());
  const latest = entries.find(entry => entry.decision.effect === 'deny' && entry.time > openedAt);
  return latest ? `Denied: ${latest.operation} by ${whoCalled(latest)}, at ${exactTime(latest.time)}` : '';
}

export function whoCalled({ principal }: AuditEntry): string {
  return principal.name ?? principal.id ?? principal.kind;
}
