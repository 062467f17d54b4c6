import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { NotionRef } from '../domain/page-index.ts';
import { canonicalId } from '../notion/ids.ts';
import { linkTargets } from '../notion/link-targets.ts';
import { linksInMarkdown } from '../notion/markdown-links.ts';
import { isObject, type Json } from './read-answer.ts';
import type { Sight } from './sight.ts';
import type { Whereabouts } from './whereabouts.ts';

/** Content that Notion writes into the text from elsewhere without saying where from. */
const fromElsewhere = /<synced_block|<meeting-notes|<transcription/i;
const person = /<mention-(?:user|agent)/i;
const ofPeople = /^(?:mention-)?(?:user|agent)$/;

/**
 * Releases Markdown only if nothing embedded in it can be hidden (rule 16): a text cannot be blanked in part. A read is
 * refused. A write has been made, so its answer loses the text.
 *
 * @returns how many texts were taken out
 */
export async function blankTexts(
  { call }: DecidedCall,
  answer: Json,
  sight: Sight,
  whereabouts: Whereabouts,
): Promise<number> {
  const texts = textsIn(answer);
  let blanked = 0;
  for (const holder of texts) {
    if (await isOpen(holder, sight, whereabouts)) continue;
    if (call.operation.effect === 'read') throw textRefused();
    for (const key of ['markdown', 'truncated', 'unknown_block_ids']) delete holder[key];
    blanked++;
  }
  return blanked;
}

function textRefused(): PortcullisError {
  const message =
    'This text may hold something that you may not see. Read the page block by block: GET /v1/blocks/{block_id}/children.';
  return new PortcullisError('restricted', message, { fate: 'failed' });
}

/** The answer itself, or the result of a finished task. */
function textsIn(answer: Json): Json[] {
  const { result } = answer;
  return [answer, result].filter(isObject).filter(({ markdown }) => typeof markdown === 'string');
}

async function isOpen(holder: Json, sight: Sight, whereabouts: Whereabouts): Promise<boolean> {
  const markdown = String(holder.markdown);
  if (!sight.people && person.test(markdown)) return false;
  if (sight.everyObject && sight.everyProperty) return true;
  if (fromElsewhere.test(markdown)) return false;
  const embedded = [...linksInMarkdown(markdown).flatMap(targetsOf), ...blocksLeftOut(holder)];
  const itself = pageOf(holder);
  const at = await whereabouts.of([...itself, ...embedded]);
  if (![...itself, ...embedded].every(object => sight.may('read', at(object)))) return false;
  // An embedded object shows its title, which may be a hidden property. Texts show no other properties.
  return embedded.every(object => sight.hiddenProperties(at(object)).size === 0);
}

/** A task may have been made long ago: its page is judged at its present place. */
function pageOf({ id }: Json): NotionRef[] {
  const canonical = typeof id === 'string' ? canonicalId(id) : null;
  return canonical === null ? [] : [{ kind: 'page', id: canonical }];
}

function targetsOf({ link, tag }: { readonly link: string; readonly tag: string | null }): NotionRef[] {
  if (tag !== null && ofPeople.test(tag) && canonicalId(link.trim()) !== null) return [];
  return linkTargets(link.replace(/^\s*\{\{|\}\}\s*$/g, ''));
}

function blocksLeftOut({ unknown_block_ids: ids }: Json): NotionRef[] {
  if (!Array.isArray(ids)) return [];
  return ids.flatMap(id => {
    const canonical = typeof id === 'string' ? canonicalId(id) : null;
    return canonical === null ? [] : [{ kind: 'block' as const, id: canonical }];
  });
}
