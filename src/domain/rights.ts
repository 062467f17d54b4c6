import { type Action, actions } from './action.ts';
import { askerOf } from './asker-of.ts';
import type { Policy } from './policy.ts';
import type { Asker, PolicySnapshot } from './policy-snapshot.ts';
import type { Caller } from './principal.ts';

/**
 * Makes a policy ready for questions. Only `authorize/` has one; parts that may not import it get it as a parameter.
 */
export type CompilePolicy = (policy: Policy) => PolicySnapshot;

/** What a caller may do in the workspace as a whole. */
export function actionsHeld(policy: PolicySnapshot, asker: Asker): ReadonlySet<Action> {
  return judged(policy, asker, false);
}

/** What a caller may do in at least one place of the workspace. */
export function actionsAnywhere(policy: PolicySnapshot, asker: Asker): ReadonlySet<Action> {
  return judged(policy, asker, true);
}

/**
 * The asker for a command that checks again whether its author may do something. Null for authors that no policy
 * covers.
 */
export function askerNow(author: Caller, at: Date): Asker | null {
  return askerOf(author, author.via ?? nowhere, { at });
}

/** A caller that did not come through a door has no address. Rights that depend on an address are then denied. */
const nowhere = { door: 'api', clientAddress: '' } as const;

function judged(policy: PolicySnapshot, asker: Asker, filtered: boolean): ReadonlySet<Action> {
  const object = { state: 'workspace', filtered } as const;
  return new Set(actions.filter(action => policy.judge(asker, action, object).effect === 'allow'));
}
