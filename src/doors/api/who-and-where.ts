import { type Action, contentActions } from '../../domain/action.ts';
import { PortcullisError } from '../../domain/errors.ts';
import type { GrantId } from '../../domain/ids.ts';
import { type AskedObject, type Questioned, shownPath } from '../../policy/questions.ts';
import { decidingGrantView, type Extent, pathView } from './explanation-view.ts';

const unseen = 'There is no such object, or you may not read it.';

/** Every principal who may do something with an object, in the order of their names. Throws `not_found`. */
export async function whoCan(questioned: Questioned, asked: { readonly action: Action; readonly object: AskedObject }) {
  const object = await questioned.locate(asked.object);
  if (object.state === 'unknown' || object.state === 'stale') throw new PortcullisError('not_found', unseen);
  const { policy, stored, names } = questioned;
  const kinds = new Map(stored.members.map(({ id, kind }) => [id, kind]));
  const principals = questioned.whoCan(asked.action, object).flatMap(({ principal: id, calls, because, grants }) => {
    const [role, kind] = [policy.roleOf(id), kinds.get(id)];
    if (role === null || kind === undefined) return [];
    return [{ id, name: names.nameOf(id), kind, role, calls, because, grants: [...grants] }];
  });
  principals.sort((a, b) => a.name.localeCompare(b.name, 'en'));
  return {
    revision: policy.revision,
    path: await pathView(questioned, object),
    principals,
    grants: grantsOf(questioned, principals, 'all', new Set()),
    total: principals.length,
  };
}

/**
 * The pages and databases with which a principal may do something, each with all that they may do there. Throws
 * `not_found`.
 */
export async function reached(questioned: Questioned, asked: Parameters<Questioned['reach']>[0], extent: Extent) {
  const { under } = asked;
  if (under !== undefined && (await questioned.locate({ kind: 'page', id: under })).state !== 'known')
    throw new PortcullisError('not_found', unseen);
  const found = await questioned.reach(asked);
  if (found === null) throw new PortcullisError('not_found', unseen);
  const shown = found.pages.map(({ standing }) => shownPath(questioned, standing));
  const seen = new Set(shown.flat().flatMap(({ id }) => id ?? []));
  for (const { id } of found.pages) seen.add(id);
  const titles = await questioned.titles([...seen]);
  const titleOf = (id: string | null) => (id === null ? null : (titles.get(id) ?? null));
  const pages = found.pages.map(({ kind, id, standing }, index) => {
    const judge = (action: Action) => questioned.judgeFor(asked.principal, action, standing);
    const { effect, because, grants } = judge(asked.action);
    return {
      ...{ kind, id, title: titleOf(id) },
      path: (shown[index] ?? []).slice(1).map(above => ({ ...above, title: titleOf(above.id) })),
      ...{ effect, because, grants: [...grants] },
      actions: contentActions.filter(action => judge(action).effect === 'allow'),
    };
  });
  return {
    name: questioned.names.nameOf(asked.principal),
    revision: questioned.policy.revision,
    counts: found.counts,
    pages,
    grants: grantsOf(questioned, pages, extent, seen),
    nextCursor: found.cursor,
  };
}

/** Every grant that rows name, once. */
function grantsOf(
  questioned: Questioned,
  rows: readonly { readonly grants: readonly GrantId[] }[],
  extent: Extent,
  seen: ReadonlySet<string>,
) {
  const named = new Set(rows.flatMap(({ grants }) => grants));
  return questioned.stored.policy.grants
    .filter(({ id }) => named.has(id))
    .map(grant => decidingGrantView(grant, questioned, extent, seen));
}
