import { useQueryClient } from '@tanstack/react-query';
import { answerOf, api, type Workspace } from '../../../api.ts';
import { useAnnounce } from '../../../parts/announcer.tsx';
import { Confirm } from '../../../parts/confirm.tsx';

interface RemoveGrantProps {
  readonly workspace: Workspace;
  /** Its id. */
  readonly grant: string;
  /** Why it is proposed. */
  readonly says: string;
}

/** Takes a grant back that was found to be of no use. */
export function RemoveGrant({ workspace, grant, says }: RemoveGrantProps) {
  const announce = useAnnounce();
  const changed = usePolicyChanged(workspace.id);
  return (
    <Confirm
      label="Remove"
      of={`grant: ${says}`}
      question="Remove this grant?"
      consequence={says}
      run={() =>
        answerOf(
          api.DELETE('/api/workspaces/{workspace}/grants/{grant}', {
            params: { path: { workspace: workspace.id, grant } },
          }),
        )
      }
      onDone={() => {
        announce('Grant removed');
        changed();
      }}
    />
  );
}

/** What to call after any change of a policy: it shows in several lists. */
export function usePolicyChanged(workspaceId: string): () => void {
  const queries = useQueryClient();
  return () => {
    for (const list of ['page-access', 'grants', 'policy-lint', 'least-privilege', 'policy-draft'])
      void queries.invalidateQueries({ queryKey: [list, workspaceId] });
  };
}
