import type { Ancestry } from '../domain/ancestry.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { NotionRef, PageIndex } from '../domain/page-index.ts';
import { canonicalId } from '../notion/ids.ts';
import { isObject } from './read-answer.ts';
import type { LookUp } from './schemas.ts';
import { createWhereabouts } from './whereabouts.ts';

interface SourceParts {
  readonly index?: Pick<PageIndex, 'find'>;
  readonly lookUp: LookUp;
}

/**
 * The data source with the columns of the call's pages: that of the page, or that of a new page's parent. `none`: a
 * page outside any data source.
 */
export async function sourceOfPages(decided: DecidedCall, parts: SourceParts): Promise<string | 'none' | 'unknown'> {
  const object = holderNamed(decided);
  if (object === null) return 'none';
  if (object.kind === 'page' && decided.call.operation.name === 'pages.create') return 'none';
  const at = (await createWhereabouts(parts.index, decided).of([object]))(object);
  const holder = object.kind === 'page' ? above(at) : object;
  if (holder === 'unknown' || holder?.kind === 'data_source') return holder === 'unknown' ? holder : holder.id;
  if (holder?.kind !== 'database') return 'none';
  return (await firstSourceOf(decided, holder.id, parts.lookUp)) ?? 'unknown';
}

/** The page, database or data source that a call names first. */
export function holderNamed({ call }: DecidedCall): NotionRef | null {
  const object = call.operation.demands[0]?.object;
  const isHolder = object?.kind === 'page' || object?.kind === 'database' || object?.kind === 'data_source';
  return isHolder ? object : null;
}

/** The parent of a page. */
function above(at: Ancestry): NotionRef | null | 'unknown' {
  return at.state === 'known' ? (at.path[1] ?? null) : 'unknown';
}

/**
 * The data source of a database that has one: before data sources existed, requests named the database. Null: none is
 * shown.
 */
export async function firstSourceOf(decided: DecidedCall, databaseId: string, lookUp: LookUp): Promise<string | null> {
  const database = await lookUp(decided, `/v1/databases/${databaseId}`).catch(() => null);
  const sources = isObject(database) ? database.data_sources : null;
  const [first] = Array.isArray(sources) ? sources : [];
  return isObject(first) && typeof first.id === 'string' ? canonicalId(first.id) : null;
}
