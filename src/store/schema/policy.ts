import type { ColumnType } from 'kysely';
import type { GrantEffect, GrantScope } from '../../domain/grant.ts';
import type { GrantId, GroupId, PrincipalId, WorkspaceId } from '../../domain/ids.ts';
import type { Invariant, PolicyTest } from '../../domain/policy-proposal.ts';
import type { Count, Timestamp } from './foundation.ts';

/** The conditions of a grant in their stored form: moments are ISO 8601 texts. */
export type StoredConditions = Readonly<Record<string, unknown>>;

export interface PolicyTables {
  policy_change: {
    workspace_id: WorkspaceId;
    revision: number;
    kind: 'member' | 'role' | 'group' | 'grant' | 'connection';
    key: string;
  };
  policy_role: {
    workspace_id: WorkspaceId;
    name: string;
    actions: string[];
  };
  policy_group: {
    id: GroupId;
    workspace_id: WorkspaceId;
    name: string;
    created_at: Timestamp;
  };
  policy_group_member: {
    workspace_id: WorkspaceId;
    group_id: GroupId;
    principal_id: PrincipalId | null;
    inner_group_id: GroupId | null;
  };
  policy_checks: {
    workspace_id: WorkspaceId;
    invariants: ColumnType<readonly Invariant[], string, string>;
    tests: ColumnType<readonly PolicyTest[], string, string>;
  };
  policy_draft: {
    workspace_id: WorkspaceId;
    revision: number;
    document: ColumnType<Readonly<Record<string, unknown>> | null, string | null, string | null>;
    made_on: number;
    author: PrincipalId | null;
    set_at: Date;
    watched: number;
    calls: Count;
    skipped: Count;
    lost: Count;
    gained: Count;
  };
  policy_draft_flip: {
    workspace_id: WorkspaceId;
    principal_id: PrincipalId;
    operation: string;
    object_kind: string;
    object_id: string;
    action: string;
    becomes: 'allow' | 'deny';
    because: string;
    calls: number;
    first_at: Date;
    last_at: Date;
    last_decision: string | null;
  };
  policy_grant: {
    id: GrantId;
    workspace_id: WorkspaceId;
    effect: GrantEffect;
    principal_id: PrincipalId | null;
    group_id: GroupId | null;
    actions: string[] | null;
    role: string | null;
    scopes: ColumnType<readonly GrantScope[], string, string>;
    conditions: ColumnType<StoredConditions | null, string | null, string | null>;
    properties: string[] | null;
    reason: string;
    created_by: PrincipalId | null;
    created_at: Timestamp;
  };
}
