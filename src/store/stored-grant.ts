import { isAction } from '../domain/action.ts';
import type { Grant, GrantConditions, GrantEffect, GrantScope, GrantSubject } from '../domain/grant.ts';
import type { GrantId, GroupId, PrincipalId } from '../domain/ids.ts';
import type { StoredConditions } from './schema/policy.ts';

/** A row of `policy_grant`, from a query or out of JSON. */
export interface StoredGrant {
  readonly id: GrantId;
  readonly effect: GrantEffect;
  readonly principal_id: PrincipalId | null;
  readonly group_id: GroupId | null;
  readonly actions: readonly string[] | null;
  readonly role: string | null;
  readonly scopes: readonly GrantScope[];
  readonly conditions: StoredConditions | null;
  readonly properties: readonly string[] | null;
  readonly reason: string;
  readonly created_by: PrincipalId | null;
  /** A text in ISO 8601 if it comes from JSON. */
  readonly created_at: Date | string;
}

export function toGrant(row: StoredGrant): Grant {
  return {
    id: row.id,
    effect: row.effect,
    subject: subjectOf(row),
    // Ignores actions that only a later Portcullis knows.
    actions: row.role === null ? (row.actions ?? []).filter(isAction) : { role: row.role },
    scopes: row.scopes,
    when: row.conditions === null ? null : toConditions(row.conditions),
    properties: row.properties,
    reason: row.reason,
    createdBy: row.created_by,
    createdAt: new Date(row.created_at),
  };
}

export function fromGrant({ subject, actions, scopes, when, ...grant }: Grant) {
  return {
    id: grant.id,
    effect: grant.effect,
    principal_id: subject.kind === 'principal' ? subject.id : null,
    group_id: subject.kind === 'group' ? subject.id : null,
    actions: 'role' in actions ? null : [...actions],
    role: 'role' in actions ? actions.role : null,
    scopes: JSON.stringify(scopes),
    conditions: when === null ? null : JSON.stringify(when),
    properties: grant.properties === null ? null : [...grant.properties],
    reason: grant.reason,
    created_by: grant.createdBy,
    created_at: grant.createdAt,
  };
}

function subjectOf({ principal_id: principal, group_id: group }: StoredGrant): GrantSubject {
  if (principal !== null) return { kind: 'principal', id: principal };
  return group === null ? { kind: 'everyone' } : { kind: 'group', id: group };
}

/** Moments are texts in JSON. The rest is as `fromGrant` wrote it. */
function toConditions({ notBefore, until, ...others }: StoredConditions): GrantConditions {
  return {
    ...others,
    ...(typeof notBefore === 'string' && { notBefore: new Date(notBefore) }),
    ...(typeof until === 'string' && { until: new Date(until) }),
  };
}
