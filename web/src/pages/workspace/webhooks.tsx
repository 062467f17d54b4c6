import type { Workspace } from '../../api.ts';
import { WebhookAddresses } from '../webhooks/addresses.tsx';
import { webhooksOfWorkspace } from '../webhooks/webhook-api.ts';

/** The addresses to which Notion sends the events of this workspace alone. */
export function Webhooks({ workspace }: { readonly workspace: Workspace }) {
  return (
    <WebhookAddresses
      webhooks={webhooksOfWorkspace(workspace.id)}
      explanation="Notion can report when pages move, are deleted or come back. Without that, Portcullis notices it a little later. The addresses here are for an internal integration, which reports on this workspace alone. The integration that people connect with reports on all workspaces at one address: people who may connect new ones find it beside the list of workspaces."
    />
  );
}
