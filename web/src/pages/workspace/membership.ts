import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Action } from '../../../../src/domain/action.ts';
import { actionsOfRole } from '../../../../src/domain/role.ts';
import { api, type Member, type Workspace, workspacePath } from '../../api.ts';
import { type ListState, useListQuery } from '../../list/list-state.ts';

/** Whether the reader's role allows it: decides what the page offers. The server decides what happens. */
export function mayIn({ role }: Workspace, action: Action): boolean {
  return actionsOfRole(role).has(action);
}

interface MemberPage {
  readonly members: readonly Member[];
  readonly total: number;
}

/** One page of the people or agents of a workspace. What was shown before stays until the next page is there. */
export function useMembers(workspaceId: string, kind: Member['kind'], list: ListState) {
  const query = { kind, ...useListQuery(list) };
  return useQuery({
    queryKey: ['members', workspaceId, query],
    queryFn: () => api.get<MemberPage>(`${workspacePath(workspaceId, 'members')}?${new URLSearchParams(query)}`),
    placeholderData: keepPreviousData,
  });
}

/** What to call after any change of members, agents or keys: one change often shows in several lists. */
export function useMembershipChanged(workspaceId: string): () => void {
  const queries = useQueryClient();
  return () => {
    for (const list of ['members', 'invitations', 'keys', 'workspace'])
      void queries.invalidateQueries({ queryKey: [list, workspaceId] });
  };
}
