import type { Action } from './action.ts';
import type { Grant } from './grant.ts';
import type { GroupId, PrincipalId } from './ids.ts';

/** A named set of principals. A group may hold other groups, but those may not hold groups. */
export interface Group {
  readonly id: GroupId;
  readonly name: string;
  readonly principals: readonly PrincipalId[];
  readonly groups: readonly GroupId[];
}

/** All that decisions in one workspace depend on, at one revision. Plain data; `authorize/` compiles it. */
export interface Policy {
  /** Grows with every change. An intent commits only if it is still current (rule 10). */
  readonly revision: number;
  /** Custom roles. The built-in ones are not here, and cannot be changed. */
  readonly roles: ReadonlyMap<string, ReadonlySet<Action>>;
  readonly members: ReadonlyMap<PrincipalId, string>;
  readonly groups: ReadonlyMap<GroupId, Group>;
  readonly grants: readonly Grant[];
}
