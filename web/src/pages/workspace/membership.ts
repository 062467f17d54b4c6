import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Action } from '../../../../src/domain/action.ts';
import { actionsOfRole } from '../../../../src/domain/role.ts';
import { api, type Member, type Workspace, workspacePath } from '../../api.ts';

/** Whether the reader's role allows it: decides what the page offers. The server decides what happens. */
export function mayIn({ role }: Workspace, action: Action): boolean {
  return actionsOfRole(role).has(action);
}

/** The members of a workspace, people and agents. */
export function useMembers(workspaceId: string, enabled = true) {
  return useQuery({
    queryKey: ['members', workspaceId],
    queryFn: () => api.get<{ members: Member[] }>(workspacePath(workspaceId, 'members')),
    enabled,
  });
}

/** What to call after any change of members, agents or keys: one change often shows in several lists. */
export function useMembershipChanged(workspaceId: string): () => void {
  const queries = useQueryClient();
  return () => {
    for (const list of ['members', 'keys', 'workspace'])
      void queries.invalidateQueries({ queryKey: [list, workspaceId] });
  };
}
