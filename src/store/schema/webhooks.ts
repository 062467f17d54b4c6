import type { ConnectionId, PrincipalId, SubscriptionId, WorkspaceId } from '../../domain/ids.ts';
import type { PlacedObject, SubscriptionState } from '../../domain/webhook.ts';
import type { Count, Timestamp } from './foundation.ts';

export interface WebhookTables {
  webhook_subscription: {
    id: SubscriptionId;
    /** Null: the deployment's. */
    workspace_id: WorkspaceId | null;
    address: string;
    state: SubscriptionState;
    generation: Count;
    sealed: string | null;
    kid: string | null;
    created_by: PrincipalId | null;
    created_at: Timestamp;
    handshake_until: Date;
    confirmed_at: Date | null;
    last_event_at: Date | null;
  };
  webhook_event: {
    workspace_id: WorkspaceId;
    subscription_id: SubscriptionId;
    event_id: string;
    received_at: Timestamp;
    unknown_type: string | null;
    entity_kind: string | null;
    entity_id: string | null;
  };
  page_change: {
    workspace_id: WorkspaceId;
    kind: PlacedObject['kind'];
    notion_id: string;
    changed_at: Timestamp;
  };
  connection_capability: {
    workspace_id: WorkspaceId;
    connection_id: ConnectionId;
    capability: string;
    held: boolean;
    shown_by: string;
    learned_at: Date;
  };
}
