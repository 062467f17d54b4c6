import type { Ancestry } from '../domain/ancestry.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { NotionRequest } from '../domain/operation.ts';
import type { NotionRef } from '../domain/page-index.ts';
import { canonicalId } from '../notion/ids.ts';
import { mayHideBelow } from './hidden-below.ts';
import type { NamingParts } from './may-name.ts';
import { isObject, parseObject } from './read-answer.ts';
import { sightOf } from './sight.ts';
import { sourceOfPages } from './source-of-pages.ts';
import { createWhereabouts } from './whereabouts.ts';

/**
 * Refuses, before it is sent, a call that has Notion copy a page, where something in that page may be hidden from the caller:
 * the copy would stand where they may read it. That is a template, named or the default of a data source, and a duplicate.
 */
export async function refuseCopying(decided: DecidedCall, target: NotionRequest, parts: NamingParts): Promise<void> {
  const { pages, byDefault } = copiedBy(decided, target);
  if (pages.length === 0 && !byDefault) return;
  const sight = sightOf(decided);
  if (sight === null || sight.everyObject) return;
  const whereabouts = createWhereabouts(target.hosted === undefined ? parts.index : knownOf(parts.index), decided);
  const copied = byDefault ? [...pages, ...(await defaultTemplate(decided, parts))] : pages;
  const at = await whereabouts.of([...copied, ...sight.exceptions]);
  const isOpen = async (page: NotionRef) =>
    sight.may('read', at(page)) && !(await mayHideBelow(at(page), sight, whereabouts));
  const everyExceptionIsKnown = sight.exceptions.every(exception => at(exception).state === 'known');
  for (const page of copied) if (!everyExceptionIsKnown || !(await isOpen(page))) throw restricted();
}

interface Copied {
  readonly pages: readonly NotionRef[];
  /** The default template of the page's data source. */
  readonly byDefault: boolean;
}

function copiedBy({ call: { operation } }: DecidedCall, { hosted, body }: NotionRequest): Copied {
  const json = Buffer.isBuffer(body) ? parseObject(body) : null;
  const pages = templatesIn(json).map(id => ({ kind: 'page' as const, id }));
  if (hosted?.tool === 'notion-duplicate-page') {
    const [page] = operation.demands.flatMap(({ object }) => (object.kind === 'page' ? [object] : []));
    return { pages: page === undefined ? pages : [...pages, page], byDefault: false };
  }
  return { pages, byDefault: isObject(json?.template) && json.template.type === 'default' };
}

/** The arguments of a tool may be JSON in JSON. */
function templatesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(templatesIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const id = key === 'template_id' && typeof inner === 'string' ? canonicalId(inner) : null;
    return id === null ? templatesIn(inner) : [id];
  });
}

/** The template that Notion would copy. A data source without a default template copies nothing. */
async function defaultTemplate(decided: DecidedCall, parts: NamingParts): Promise<NotionRef[]> {
  const source = await sourceOfPages(decided, parts);
  if (source === 'none') return [];
  const path = `/v1/data_sources/${source}/templates?page_size=100` as const;
  const list = source === 'unknown' ? null : await parts.lookUp(decided, path).catch(() => null);
  if (!isObject(list) || !Array.isArray(list.templates)) throw restricted();
  const templates = list.templates.filter(isObject).filter(({ is_default: isDefault }) => isDefault !== false);
  return templates.flatMap(({ id }) => {
    const canonical = typeof id === 'string' ? canonicalId(id) : null;
    return canonical === null ? [] : [{ kind: 'page' as const, id: canonical }];
  });
}

/** Notion's REST API must not get the token of its MCP server. */
function knownOf(index: NamingParts['index']): NamingParts['index'] {
  return (
    index && {
      find: (asker, objects): Promise<ReadonlyMap<string, Ancestry>> => index.find(asker, objects, { mayAsk: 0 }),
    }
  );
}

function restricted(): PortcullisError {
  const message = 'What this call copies may hold something that you may not see.';
  return new PortcullisError('restricted', message, { fate: 'not_sent' });
}
