import type { Consent } from '../domain/consent.ts';
import type { AgentId, ConsentId, UserId, WorkspaceId } from '../domain/ids.ts';

export interface ConsentStore {
  /**
   * Adds a consent. The row of its person is locked until the consent exists, so that disabling the person at the same
   * time ends it too. Throws `not_found` if the principal is no member, `conflict` if the person or the agent is not
   * active.
   */
  add(consent: Omit<Consent, 'lastUsedAt' | 'revokedAt'>): Promise<void>;
  /** The consents of one person in a workspace that are not over, newest first. */
  list(workspaceId: WorkspaceId, of: UserId, at: Date): Promise<Consent[]>;
  find(workspaceId: WorkspaceId, id: ConsentId): Promise<Consent | null>;
  /** Ends a consent and every token of it. */
  revoke(workspaceId: WorkspaceId, id: ConsentId, at: Date): Promise<void>;
  /** The agents that a person answers for in a workspace and that may act, by name. */
  agentsOf(workspaceId: WorkspaceId, userId: UserId): Promise<{ readonly id: AgentId; readonly name: string }[]>;
}
