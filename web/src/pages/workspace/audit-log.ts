import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type AuditEntry, type AuditPage, type AuditPrincipal, api, type Member } from '../../api.ts';
import { exactTime } from '../../parts/time.tsx';
import { useMembers } from './membership.ts';

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
  readonly activity: string;
}

/** Everything but what the dashboard reads to fill its own pages. */
export const withoutViews = 'notion,administration,system';

export const noFilters: AuditFilters = {
  principal: '',
  operation: '',
  effect: '',
  result: '',
  activity: withoutViews,
};

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
export function useDenialNews(entries: readonly AuditEntry[], nameOf: NameOf): string {
  const [openedAt] = useState(() => new Date().toISOString());
  const latest = entries.find(entry => entry.kind === 'denial' && entry.time > openedAt);
  return latest ? `Denied: ${latest.operation} by ${nameOf(latest.principal)}, at ${exactTime(latest.time)}` : '';
}

export type NameOf = (principal: AuditPrincipal | null) => string;

/** The log knows principals by id. Names are those of today's members; who has left keeps the id. */
export function useNames(workspaceId: string): { readonly nameOf: NameOf; readonly members: readonly Member[] } {
  const members = useMembers(workspaceId).data?.members ?? [];
  const names = new Map(members.map(({ principalId, name }) => [principalId, name]));
  const nameOf: NameOf = principal => {
    if (principal === null || principal.kind === 'system') return 'Portcullis';
    return principal.id === null ? principal.kind : (names.get(principal.id) ?? principal.id);
  };
  return { nameOf, members };
}
