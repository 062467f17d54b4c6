import type { Action } from '../../domain/action.ts';
import type { Container } from '../../domain/ancestry.ts';
import type { Grant, GrantScope } from '../../domain/grant.ts';
import type { GroupId, PrincipalId } from '../../domain/ids.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Asker, JudgedObject, Judgement } from '../../domain/policy-snapshot.ts';
import type { CompiledPolicy } from '../compile-policy.ts';
import { covers } from '../ready-grant.ts';
import { type Flip, flips } from './flips.ts';

/** Why somebody may or may not do something, and what would change it. */
export interface ExplainedJudgement {
  readonly judgement: Judgement;
  /** Null: the principal is no member. */
  readonly role: string | null;
  /** From the object up to the top; null: it has no place, or nobody knows it. */
  readonly path: readonly Container[] | null;
  /** Every grant that determines the judgement. */
  readonly grants: readonly ExplainedGrant[];
  /** Single changes, each of which alone turns the judgement round; those that change the least come first. */
  readonly changes: readonly Flip[];
}

export interface ExplainedGrant {
  readonly grant: Grant;
  /** How it came to be the principal's. */
  readonly via: SubjectChain;
  /** The scope of it that covers the object; null of a limit: none does. */
  readonly scope: GrantScope | null;
}

/** By name, as a member, or by a group; `inside`: the group that the principal is in, where the grant's group holds that. */
export type SubjectChain =
  | { readonly by: 'name' | 'everyone' }
  | { readonly by: 'group'; readonly group: GroupId; readonly inside: GroupId | null };

/** Explains a judgement. Everything in it follows from `judge`, the changes too: each was tried. */
export function explain(
  snapshot: CompiledPolicy,
  asker: Asker,
  action: Action,
  object: JudgedObject,
): ExplainedJudgement {
  const judgement = snapshot.judge(asker, action, object);
  const { source: policy, parts } = snapshot;
  const grants = judgement.grants.flatMap(id => {
    const grant = parts.ready.get(id)?.grant;
    if (grant === undefined) return [];
    const scope = grant.scopes.find(each => covers(each, object)) ?? null;
    return [{ grant, via: subjectChain(policy, grant, asker.principal), scope }];
  });
  return {
    judgement,
    role: snapshot.roleOf(asker.principal),
    path: object.state === 'known' ? object.path : null,
    grants,
    changes: flips(snapshot, asker, action, object),
  };
}

function subjectChain({ groups }: Policy, { subject }: Grant, principal: PrincipalId): SubjectChain {
  if (subject.kind === 'everyone') return { by: 'everyone' };
  if (subject.kind === 'principal') return { by: 'name' };
  const group = groups.get(subject.id);
  if (group?.principals.includes(principal)) return { by: 'group', group: subject.id, inside: null };
  const inside = group?.groups.find(id => groups.get(id)?.principals.includes(principal)) ?? null;
  return { by: 'group', group: subject.id, inside };
}
