import { type Action, actions } from './action.ts';
import { askerOf } from './asker-of.ts';
import type { Policy } from './policy.ts';
import type { Asker, PolicySnapshot } from './policy-snapshot.ts';
import type { Caller } from './principal.ts';

/** Makes a policy ready to answer. `authorize/` has the only one; parts that may not import it are given it. */
export type CompilePolicy = (policy: Policy) => PolicySnapshot;

/** What somebody may do in the workspace as a whole. */
export function actionsHeld(policy: PolicySnapshot, asker: Asker): ReadonlySet<Action> {
  return judged(policy, asker, false);
}

/** What somebody may do in some place of the workspace at least. */
export function actionsAnywhere(policy: PolicySnapshot, asker: Asker): ReadonlySet<Action> {
  return judged(policy, asker, true);
}

/** Who asks, where a command looks again whether its author may do something. Null for those whom no policy knows. */
export function askerNow(author: Caller, at: Date): Asker | null {
  return askerOf(author, author.via ?? nowhere, { at });
}

/** A caller that did not come through a door has no address: what depends on one is then not allowed. */
const nowhere = { door: 'api', clientAddress: '' } as const;

function judged(policy: PolicySnapshot, asker: Asker, filtered: boolean): ReadonlySet<Action> {
  const object = { state: 'workspace', filtered } as const;
  return new Set(actions.filter(action => policy.judge(asker, action, object).effect === 'allow'));
}
