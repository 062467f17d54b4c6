import type { Ancestry } from '../domain/ancestry.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { NotionRef } from '../domain/page-index.ts';
import type { Titled } from './blank/findings.ts';
import type { Schemas } from './schemas.ts';
import type { Sight } from './sight.ts';

/**
 * Hides the titles of pages that show in other places, mentions above all, where the title itself is a property that is
 * hidden from the caller. Whose columns cannot be looked up loses its title.
 *
 * @returns how many were hidden
 */
export async function hideTitles(
  decided: DecidedCall,
  titled: readonly Titled[],
  {
    sight,
    at,
    schemas,
  }: { readonly sight: Sight; readonly at: (object: NotionRef) => Ancestry; readonly schemas: Schemas },
): Promise<number> {
  if (sight.everyProperty) return 0;
  let hidden = 0;
  for (const { page, hide } of titled) {
    const names = sight.hiddenProperties(at(page));
    const title = names.size === 0 ? undefined : await titleOf(decided, at(page), schemas);
    if (title === undefined || (title !== null && !names.has(title))) continue;
    hide();
    hidden++;
  }
  return hidden;
}

/** The name of the property that is a page's title. Null: not known. */
async function titleOf(decided: DecidedCall, at: Ancestry, schemas: Schemas): Promise<string | null> {
  const holder = at.state === 'known' ? at.path[1] : null;
  if (holder === null) return null;
  if (holder?.kind !== 'data_source') return 'title';
  return (await schemas.of(decided, holder.id))?.find(({ type }) => type === 'title')?.name ?? null;
}
