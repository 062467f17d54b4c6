import type { Action } from './action.ts';

/** What the rights of somebody in one workspace follow from. */
export interface Standing {
  /** The role of the membership; null for somebody who is no member. */
  readonly role: string | null;
  /** The limit of the key that they came with; null for no limit. */
  readonly ceiling: ReadonlySet<Action> | null;
}

/**
 * Says which actions a standing holds in its workspace. `authorize/` has the only evaluator; parts that may not import
 * it are given it. Pure and total: an unknown role holds nothing.
 */
export interface Evaluator {
  held(standing: Standing): ReadonlySet<Action>;
  may(standing: Standing, action: Action): boolean;
  /** What somebody holds who is given this role. */
  ofRole(role: string): ReadonlySet<Action>;
}
