import { type Workspace, workspacePath } from '../../api.ts';
import { WebhookAddresses } from '../webhooks/addresses.tsx';

/** The addresses at which this workspace alone hears from Notion. */
export function Webhooks({ workspace }: { readonly workspace: Workspace }) {
  return (
    <WebhookAddresses
      at={workspacePath(workspace.id, 'webhooks')}
      explanation="Notion can tell when pages move, are deleted or come back. Without it the same is noticed a little later. The addresses here are for an internal integration, which tells of this workspace alone. The integration that people connect by tells of all workspaces at one address: whoever may connect new ones finds it beside the list of workspaces."
    />
  );
}
