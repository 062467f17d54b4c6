import type { Ancestry } from '../domain/ancestry.ts';
import type { Sight } from './sight.ts';
import type { Whereabouts } from './whereabouts.ts';

/** A page that no grant names. */
const anyPage = { kind: 'page', id: '00000000-0000-0000-0000-000000000000' } as const;

/**
 * Whether something below a page may be hidden from a caller who may read the page itself: because a grant ends with
 * the page, or because there is an exception somewhere below it.
 */
export async function mayHideBelow(container: Ancestry, sight: Sight, whereabouts: Whereabouts): Promise<boolean> {
  if (sight.everyObject) return false;
  const top = container.state === 'known' ? container.path[0] : undefined;
  if (container.state !== 'known' || top === undefined) return true;
  if (!sight.may('read', { ...container, path: [anyPage, ...container.path] })) return true;
  const at = await whereabouts.of(sight.exceptions);
  return sight.exceptions.some(exception => {
    const there = at(exception);
    const isBelow = there.state === 'known' && there.path.slice(1).some(({ id }) => id === top.id);
    return isBelow && !sight.may('read', there);
  });
}
