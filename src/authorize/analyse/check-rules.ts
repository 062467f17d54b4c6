import type { Action } from '../../domain/action.ts';
import type { GrantScope } from '../../domain/grant.ts';
import type { PrincipalId } from '../../domain/ids.ts';
import { bitOf } from '../action-bits.ts';
import { classOf } from '../engine.ts';
import type { Reach } from '../gain.ts';
import type { PlacedPolicy } from '../tree/placed-policy.ts';
import { anchorsUnder } from './anchors-under.ts';
import { pagesAtAnchors } from './diff.ts';

/** These principals must never do this anywhere in the scope. */
export interface Prohibition {
  readonly principals: readonly PrincipalId[];
  readonly action: Action;
  readonly scope: GrantScope;
}

export interface Breach {
  readonly principal: PrincipalId;
  readonly calls: Exclude<Reach, 'never'>;
  /** How many containers it could be done with. */
  readonly pages: number;
  /** One of them; null: the workspace itself, or the container that the scope names and the tree does not have. */
  readonly page: string | null;
}

/**
 * Every principal who breaks a prohibition from a moment on, in any call. It checks all principals at all anchors, so
 * it misses none. A scope that the tree does not have is judged as if it stood at the top.
 */
export function breaches(placed: PlacedPolicy, { principals, action, scope }: Prohibition, at: Date): Breach[] {
  const { tree, parts } = placed;
  const marks = anchorsUnder(tree, [scope]);
  const bit = bitOf(action);
  const isPlaced = scope.kind === 'workspace' || tree.find(scope.id) > 0;
  const absent = isPlaced ? null : tree.anchors.of([{ kind: 'page', id: scope.id }]);
  return principals.flatMap(principal => {
    const itsClass = classOf(parts, principal);
    if (itsClass === null) return [];
    const broken: number[] = [];
    let always = false;
    for (let anchor = 0; anchor < marks.length; anchor++) {
      const isThere = tree.pagesAt(anchor) > 0 || anchor === 0 || anchor === absent;
      if (marks[anchor] === 0 || !isThere) continue;
      const calls = placed.reach(itsClass, anchor, bit, at);
      if (calls === 'never') continue;
      broken.push(anchor);
      always ||= calls === 'always';
    }
    if (broken.length === 0) return [];
    const pages = broken.reduce((sum, anchor) => sum + tree.pagesAt(anchor), 0);
    const page = pages === 0 ? null : (pagesAtAnchors(tree, broken, 1)[0] ?? null);
    return [{ principal, calls: always ? ('always' as const) : ('sometimes' as const), pages, page }];
  });
}

/** A case of a policy's own tests: all named members must be allowed in every call, or denied in every call. */
export interface ExpectedAccess {
  readonly principals: readonly PrincipalId[];
  readonly action: Action;
  readonly scope: GrantScope;
  readonly expect: 'allow' | 'deny';
}

/** A different result: the member, and which calls are allowed instead. */
export interface Unexpected {
  readonly principal: PrincipalId;
  readonly calls: Reach;
}

export function unexpected(placed: PlacedPolicy, expected: ExpectedAccess, at: Date): Unexpected[] {
  const { tree, parts } = placed;
  const { scope } = expected;
  if (scope.kind !== 'workspace') tree.carry([scope]);
  const ordinal = scope.kind === 'workspace' ? 0 : tree.find(scope.id);
  const path = scope.kind === 'workspace' ? [] : [{ kind: 'page' as const, id: scope.id }];
  const anchor = ordinal === -1 ? tree.anchors.of(path) : tree.anchorAt(ordinal);
  return expected.principals.flatMap(principal => {
    const itsClass = classOf(parts, principal);
    const known = itsClass !== null && anchor !== -1;
    const calls = known ? placed.reach(itsClass, anchor, bitOf(expected.action), at) : 'never';
    const holds = calls === (expected.expect === 'allow' ? 'always' : 'never');
    return holds ? [] : [{ principal, calls }];
  });
}
