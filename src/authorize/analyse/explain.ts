import type { Action } from '../../domain/action.ts';
import type { ExplainedJudgement, SubjectChain } from '../../domain/explained.ts';
import type { Grant } from '../../domain/grant.ts';
import type { PrincipalId } from '../../domain/ids.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Asker, JudgedObject } from '../../domain/policy-snapshot.ts';
import type { CompiledPolicy } from '../compile-policy.ts';
import { covers } from '../ready-grant.ts';
import { flips } from './flips.ts';

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
    path: object.state === 'known' ? object.path : [],
    grants,
    changes: flips(snapshot, asker, action, object, judgement),
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
