import { type Action, contentActions } from '../domain/action.ts';
import type { Ancestry } from '../domain/ancestry.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { GrantId, PrincipalId, WorkspaceId } from '../domain/ids.ts';
import type { JudgementReason } from '../domain/policy-snapshot.ts';
import type { ChildContainer, PageChildren } from './page-children.ts';
import type { Questioned } from './questions.ts';

/** What one principal may do on one page, and why they may read it or not. */
export interface PageAccess extends ChildContainer {
  readonly actions: readonly Action[];
  readonly effect: 'allow' | 'deny';
  readonly because: JudgementReason;
  readonly grants: readonly GrantId[];
}

export interface AccessQuery {
  readonly parentId: string | null;
  /** The principal whose access is shown. */
  readonly principal: PrincipalId;
  readonly offset: number;
  readonly limit: number;
}

export interface PageAccessList {
  /** Where the parent stands; an empty path for the top. */
  readonly parent: KnownAncestry;
  readonly pages: readonly PageAccess[];
  /** The number of pages there, including those that the asker may not see. Only for askers who may see all of them. */
  readonly total: number | null;
}

type KnownAncestry = Extract<Ancestry, { state: 'known' }>;

/**
 * The pages below one, with what a principal may do on each. Rule 19: the asker sees pages that they may read, and
 * other principals only with the action `grants`, which the route demands. Throws `not_found`.
 */
export async function pagesBelow(
  children: PageChildren,
  questioned: Questioned,
  workspaceId: WorkspaceId,
  { parentId, principal, offset, limit }: AccessQuery,
): Promise<PageAccessList> {
  const parent = parentId === null ? top : await questioned.locate({ kind: 'page', id: parentId });
  if (parent.state !== 'known') throw new PortcullisError('not_found', 'There is no such page.');
  if (questioned.policy.roleOf(principal) === null) throw new PortcullisError('not_found', 'There is no such member.');
  const { children: found, total } = await children.below(workspaceId, parentId, { offset, limit });
  const standing = found.map(child => ({ child, object: { ...parent, path: [child, ...parent.path] } }));
  return {
    parent,
    pages: standing
      .filter(({ object }) => questioned.maySee(object))
      .map(({ child, object }) => accessOf(questioned, principal, child, object)),
    total: questioned.seesAll ? total : null,
  };
}

const top: KnownAncestry = { state: 'known', path: [] };

function accessOf(
  { judgeFor }: Questioned,
  principal: PrincipalId,
  child: ChildContainer,
  object: KnownAncestry,
): PageAccess {
  const { effect, because, grants } = judgeFor(principal, 'read', object);
  const actions = contentActions.filter(action => judgeFor(principal, action, object).effect === 'allow');
  return { ...child, actions, effect, because, grants };
}
