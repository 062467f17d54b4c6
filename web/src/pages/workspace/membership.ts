import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Action } from '../../../../src/domain/action.ts';
import { answerOf, api, type Member, type Workspace } from '../../api.ts';
import { type ListState, useListQuery } from '../../list/list-state.ts';

/** Whether the reader may do it: decides what the page offers. The server decides what happens. */
export function mayIn({ actions }: Workspace, action: Action): boolean {
  return actions.includes(action);
}

/** One page of the people or agents of a workspace. The former page stays until the next one is there. */
export function useMembers(workspaceId: string, kind: Member['kind'], list: ListState) {
  const query = { kind, ...useListQuery(list, ['joined', 'name', 'role']) };
  return useQuery({
    queryKey: ['members', workspaceId, query],
    queryFn: () =>
      answerOf(api.GET('/api/workspaces/{workspace}/members', { params: { path: { workspace: workspaceId }, query } })),
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
