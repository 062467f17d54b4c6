import { type Action, contentActions } from '../domain/action.ts';
import type { Ancestry } from '../domain/ancestry.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { GrantId, PrincipalId, WorkspaceId } from '../domain/ids.ts';
import type { Asker, JudgementReason, PolicySnapshot } from '../domain/policy-snapshot.ts';
import type { ChildContainer, PageChildren } from './page-children.ts';

/** What one principal may do on one page, and why they may read it or not. */
export interface PageAccess extends ChildContainer {
  readonly actions: readonly Action[];
  readonly effect: 'allow' | 'deny';
  readonly because: JudgementReason;
  readonly grants: readonly GrantId[];
}

export interface AccessQuery {
  readonly parentId: string | null;
  /** Whose access; null for the asker's own. */
  readonly principal: PrincipalId | null;
  readonly offset: number;
  readonly limit: number;
}

export interface PageAccessList {
  readonly path: readonly ChildContainer[];
  readonly pages: readonly PageAccess[];
  /** How many stand there, also those that the asker may not see. Only for askers who may see all of them. */
  readonly total: number | null;
}

export interface PageAccesses {
  /**
   * The pages below one, with what somebody may do on each. Rule 19: the asker hears of pages that they may read, and of other
   * principals only with the action `grants`, which the route demands. Throws `not_found`.
   */
  below(workspaceId: WorkspaceId, asker: Asker, query: AccessQuery): Promise<PageAccessList>;
}

export function createPageAccesses(parts: {
  children: PageChildren;
  snapshotOf: (workspaceId: WorkspaceId) => Promise<PolicySnapshot>;
}): PageAccesses {
  const { children, snapshotOf } = parts;
  return {
    async below(workspaceId, asker, { parentId, principal, offset, limit }) {
      const snapshot = await snapshotOf(workspaceId);
      const path = parentId === null ? [] : await children.pathOf(workspaceId, parentId);
      if (parentId !== null && !mayRead(snapshot, asker, path))
        throw new PortcullisError('not_found', 'There is no such page.');
      if (principal !== null && snapshot.roleOf(principal) === null)
        throw new PortcullisError('not_found', 'There is no such member.');
      const { children: found, total } = await children.below(workspaceId, parentId, { offset, limit });
      const visible = found.filter(child => mayRead(snapshot, asker, [child, ...path]));
      const subject: Asker = principal === null ? asker : { ...asker, principal, limit: null };
      return {
        path,
        pages: visible.map(child => accessOf(snapshot, subject, child, path)),
        total: snapshot.dependsOnPages(asker) ? null : total,
      };
    },
  };
}

function mayRead(snapshot: PolicySnapshot, asker: Asker, path: readonly ChildContainer[]): boolean {
  return path.length > 0 && snapshot.judge(asker, 'read', ancestry(path)).effect === 'allow';
}

function accessOf(
  snapshot: PolicySnapshot,
  subject: Asker,
  child: ChildContainer,
  path: readonly ChildContainer[],
): PageAccess {
  const object = ancestry([child, ...path]);
  const { effect, because, grants } = snapshot.judge(subject, 'read', object);
  const actions = contentActions.filter(action => snapshot.judge(subject, action, object).effect === 'allow');
  return { ...child, actions, effect, because, grants };
}

function ancestry(path: readonly ChildContainer[]): Ancestry {
  return { state: 'known', path: path.map(({ kind, id }) => ({ kind, id })) };
}
