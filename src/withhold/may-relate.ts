import { askerOf } from '../domain/asker-of.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { NotionRequest } from '../domain/operation.ts';
import type { NotionRef } from '../domain/page-index.ts';
import { type Column, columnsNamed } from '../notion/columns.ts';
import { canonicalId } from '../notion/ids.ts';
import type { NamingParts } from './may-name.ts';
import { isObject, parseObject } from './read-answer.ts';
import { sourceOfPages } from './source-of-pages.ts';
import { createWhereabouts } from './whereabouts.ts';

const writers: ReadonlySet<string> = new Set(['pages.create', 'pages.update']);

/**
 * Refuses, before it is sent, a relation to a page that the caller may read and not change, where the relation goes both ways:
 * Notion would write the way back into that page.
 */
export async function refuseRelating(decided: DecidedCall, target: NotionRequest, parts: NamingParts): Promise<void> {
  const { call, caller, facts } = decided;
  const related = writers.has(call.operation.name) ? relatedIn(target) : [];
  const asker = askerOf(caller, call, facts);
  const { policy } = facts;
  if (related.length === 0 || policy === null || asker === null) return;
  if (policy.may(asker, 'update', { state: 'unknown' })) return;
  const at = await createWhereabouts(parts.index, decided).of(related.flatMap(({ pages }) => pages));
  const kept = related.filter(({ pages }) => pages.some(page => !policy.may(asker, 'update', at(page))));
  if (kept.length === 0) return;
  const source = await sourceOfPages(decided, parts);
  const schema = source === 'none' || source === 'unknown' ? null : await parts.schemas.of(decided, source);
  const isOneWay = (key: string) => schema !== null && columnsNamed(schema, key).every(hasNoWayBack);
  if (!kept.every(({ key }) => isOneWay(key))) {
    const message = 'This relation goes both ways, so it would change a page that you may not change.';
    throw new PortcullisError('restricted', message, { fate: 'not_sent' });
  }
}

interface Related {
  /** The property, by its name or id. */
  readonly key: string;
  readonly pages: readonly NotionRef[];
}

/** Values are written whole (`{relation: […]}`) or as the bare list, of objects or of ids. */
function relatedIn({ body }: NotionRequest): Related[] {
  const { properties } = (Buffer.isBuffer(body) ? parseObject(body) : null) ?? {};
  if (!isObject(properties)) return [];
  return Object.entries(properties).flatMap(([key, value]) => {
    const entries = isObject(value) ? value.relation : value;
    const pages = Array.isArray(entries) ? entries.flatMap(pageIn) : [];
    return pages.length === 0 ? [] : [{ key, pages }];
  });
}

function pageIn(entry: unknown): NotionRef[] {
  const named = isObject(entry) ? entry.id : entry;
  const id = typeof named === 'string' ? canonicalId(named) : null;
  return id === null ? [] : [{ kind: 'page', id }];
}

function hasNoWayBack({ type, config }: Column): boolean {
  return type !== 'relation' || isObject(config.single_property);
}
