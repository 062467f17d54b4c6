import type { Ancestry } from '../domain/ancestry.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { NotionRef } from '../domain/page-index.ts';
import { type Columns, columnsNamed } from '../notion/columns.ts';
import { canonicalId } from '../notion/ids.ts';
import { type Computed, Findings } from './blank/findings.ts';
import { blankObject } from './blank/objects.ts';
import { mayShow, relatedSources } from './computed.ts';
import { settleCounts } from './counts.ts';
import { isObject, type Json, refuseAnswer } from './read-answer.ts';
import type { LookUp, Schemas } from './schemas.ts';
import type { Sight } from './sight.ts';
import { blankTexts } from './texts.ts';
import { hideTitles } from './titles.ts';
import type { Whereabouts } from './whereabouts.ts';

export interface HidingParts {
  readonly whereabouts: Whereabouts;
  readonly schemas: Schemas;
  readonly lookUp: LookUp;
}

/**
 * Blanks in an answer what shows objects that the caller may not have, in place and in Notion's own shapes. What the answer
 * lists has been judged before.
 *
 * @returns how many things were blanked
 */
export async function hideWithin(
  decided: DecidedCall,
  answer: Json,
  sight: Sight,
  parts: HidingParts,
): Promise<number> {
  const page = pageAskedFor(decided);
  const findings = new Findings(sight, page);
  if (!blankObject(answer, findings)) throw refuseAnswer(decided.call.operation, 'an answer of an unknown kind');
  const at = await locate(findings, sight, parts);
  const blankedTexts = await blankTexts(decided, answer, sight, parts.whereabouts);
  await refuseHiddenProperty(decided, answer, page, sight, at, parts.schemas);
  const computed = await hiddenComputed(findings.computed, decided, sight, at, parts.schemas);
  const shown = findings.shown.filter(({ shows }) => shows.some(object => !sight.may('read', at(object))));
  for (const { hide } of [...shown, ...computed]) hide();
  const settled = await settleCounts(decided, findings, sight, parts);
  const titles = await hideTitles(decided, findings.titled, { sight, at, schemas: parts.schemas });
  const masked = findings.masked.map(({ object, hide }) => ({ names: sight.hiddenProperties(at(object)), hide }));
  for (const { names, hide } of masked) if (names.size > 0) hide(names);
  const maskedCount = masked.reduce((sum, { names }) => sum + names.size, 0);
  return findings.blanked + blankedTexts + shown.length + computed.length + settled + titles + maskedCount;
}

type At = (object: NotionRef) => Ancestry;

/** Where all found objects stand, as far as the caller's rights depend on it. */
function locate(
  { shown, masked, titled, computed }: Findings,
  sight: Sight,
  { whereabouts }: HidingParts,
): Promise<At> {
  const objects = sight.everyObject ? [] : shown.flatMap(({ shows }) => shows);
  const masks = sight.everyProperty ? [] : [...masked.map(({ object }) => object), ...titled.map(({ page }) => page)];
  return whereabouts.of([...objects, ...masks, ...computed.map(({ page }) => page)]);
}

/** Rollups and formulas that may depend on hidden data (rule 14). */
async function hiddenComputed(
  computed: readonly Computed[],
  decided: DecidedCall,
  sight: Sight,
  at: At,
  schemas: Schemas,
): Promise<readonly Computed[]> {
  if (computed.length === 0) return [];
  const sourced = computed.map(one => ({ ...one, dataSource: one.dataSource ?? dataSourceIn(at(one.page)) }));
  const own = await load(
    decided,
    schemas,
    sourced.flatMap(one => one.dataSource ?? []),
  );
  const others = await load(
    decided,
    schemas,
    [...own.values()].flatMap(schema => (schema ? relatedSources(schema) : [])),
  );
  const view = { sight, at, schemas: new Map([...others, ...own]) };
  return sourced.filter(one => !mayShow(one, view));
}

async function load(
  decided: DecidedCall,
  schemas: Schemas,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Columns | null>> {
  const found = [...new Set(ids)].map(async id => [id, await schemas.of(decided, id)] as const);
  return new Map(await Promise.all(found));
}

function dataSourceIn(ancestry: Ancestry): string | null {
  if (ancestry.state !== 'known') return null;
  return ancestry.path.find(({ kind }) => kind === 'data_source')?.id ?? null;
}

/** The page, if the call reads a single property of it. */
function pageAskedFor({ call }: DecidedCall): NotionRef | null {
  const { notFound } = call.operation.response;
  const id = notFound?.kind === 'page' ? canonicalId(notFound.id) : null;
  return id === null ? null : { kind: 'page', id };
}

/** A hidden property that is asked for by itself answers like one that does not exist. */
async function refuseHiddenProperty(
  decided: DecidedCall,
  answer: Json,
  page: NotionRef | null,
  sight: Sight,
  at: At,
  schemas: Schemas,
): Promise<void> {
  const item = answer.object === 'property_item' ? answer : answer.property_item;
  if (page === null || !isObject(item)) return;
  const hidden = sight.hiddenProperties(at(page));
  if (hidden.size === 0) return;
  const source = dataSourceIn(at(page));
  const schema = source === null ? null : await schemas.of(decided, source);
  const columns = schema === null ? [] : columnsNamed(schema, item.id);
  if (columns.length > 0 && !columns.some(({ name }) => hidden.has(name))) return;
  const { target } = decided.call.operation;
  const asked = target?.kind === 'notion' ? decodeURIComponent(target.path.split(/[/?]/)[5] ?? '') : '';
  throw new PortcullisError('validation_error', `Could not find property with name or id: ${asked}`, {
    fate: 'failed',
  });
}
