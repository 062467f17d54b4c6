import { objectKey } from '../domain/ancestry.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { ObjectOwners } from '../domain/object-owners.ts';
import type { Answer, HostedCall, Released } from '../domain/operation.ts';
import type { NotionRef, PageIndex } from '../domain/page-index.ts';
import { canonicalId } from '../notion/ids.ts';
import { idsInLink } from '../notion/links.ts';
import { readFetchedPage } from './fetched-page.ts';
import { bindToCaller } from './own-objects.ts';
import { ownWords } from './own-words.ts';
import { isObject, type Json, parseObject, refuseAnswer } from './read-answer.ts';
import type { Sight } from './sight.ts';
import { sightOf } from './sight.ts';
import { blankTexts } from './texts.ts';
import { createWhereabouts, type Whereabouts } from './whereabouts.ts';

interface Parts {
  readonly owners: ObjectOwners;
  readonly index?: Pick<PageIndex, 'find'>;
  /** Whether a URL is one of a file that Notion hosts. */
  readonly isHostedFile: (url: URL) => boolean;
}

/** The rest of a result, and how much was taken out. */
interface Kept {
  readonly value: Json;
  readonly withheld: number;
}

/**
 * Releases the result of a tool of Notion's hosted MCP server. It is text, mostly JSON in text. If anything could be
 * hidden from this caller, only parts that can be judged one by one are released, and text only by rule 16. Nothing in
 * it feeds the page index.
 */
export async function releaseToolResult(
  decided: DecidedCall,
  hosted: HostedCall,
  answer: Answer,
  bytes: Buffer,
  parts: Parts,
): Promise<Released> {
  const { operation } = decided.call;
  if (hosted.shows === 'definitions') return { answer, withheld: 0 };
  const result = parseObject(bytes);
  const text = result === null ? null : textOf(result);
  if (result === null || text === null) throw refuseAnswer(operation, 'a tool answered something else than text');
  const value = parseObject(Buffer.from(text));
  const { task_id: task } = value ?? {};
  if (typeof task === 'string') await bindToCaller(decided, { object: 'async_task', id: task }, parts.owners);
  const sight = sightOf(decided);
  if (result.isError === true) return release(answer, errorFor(decided, text, sight), true, 0);
  const open = sight === null && (operation.effect === 'read' || mayRead(decided));
  if (open) return release(answer, withoutSignatures(text, parts), false, 0);
  if (value === null) throw textWithheld();
  const kept = await keep(decided, hosted, value, sight, parts);
  return release(answer, withoutSignatures(JSON.stringify(kept.value), parts), false, kept.withheld);
}

function mayRead({ decision }: DecidedCall): boolean {
  return decision.effect === 'allow' && decision.mayRead;
}

function keep(
  decided: DecidedCall,
  { shows }: HostedCall,
  value: Json,
  sight: Sight | null,
  parts: Parts,
): Promise<Kept> {
  // Notion's REST API must not get the token of its MCP server.
  const { index } = parts;
  const known = index && {
    find: (...[asker, objects]: Parameters<typeof index.find>) => index.find(asker, objects, { mayAsk: 0 }),
  };
  const whereabouts = createWhereabouts(known, decided);
  switch (shows) {
    case 'made':
      return Promise.resolve(keepNames(value));
    case 'rows':
      return sight === null ? Promise.resolve(keepNames(value)) : keepRows(value, sight, whereabouts);
    case 'people':
      if (sight?.people === false) throw textWithheld();
      return Promise.resolve({ value, withheld: 0 });
    case 'object':
      if (sight === null) throw textWithheld();
      return keepPage(decided, value, sight, whereabouts);
    default:
      throw textWithheld();
  }
}

const names: ReadonlySet<string> = new Set(['id', 'url', 'page_id', 'page_url', 'task_id', 'status']);

/** For objects that were made, keeps only which ones they are. */
function keepNames(value: Json): Kept {
  const pick = (object: Json) => Object.fromEntries(Object.entries(object).filter(([key]) => names.has(key)));
  const pages = Array.isArray(value.pages) ? { pages: value.pages.filter(isObject).map(pick) } : {};
  return { value: { ...pick(value), ...pages }, withheld: 1 };
}

/** The rows of a search or list that the caller may read. What else is said of a row may quote any page. */
async function keepRows(value: Json, sight: Sight, whereabouts: Whereabouts): Promise<Kept> {
  const rows = Array.isArray(value.results) ? value.results.filter(isObject) : [];
  const objects = rows.map(rowObject);
  const at = await whereabouts.of(objects.filter(object => object !== null));
  const seen = rows.filter((row, index) => {
    const object = objects[index] ?? null;
    if (row.type === 'user') return sight.people;
    return object !== null && sight.may('read', at(object)) && sight.hiddenProperties(at(object)).size === 0;
  });
  const results = seen.map(({ id, title, url, type, timestamp }) => ({ id, title, url, type, timestamp }));
  return { value: { results, type: value.type }, withheld: rows.length - results.length };
}

/** The object of a row. Null: it is none in Notion, or it is not known which. */
function rowObject({ id, url, type }: Json): NotionRef | null {
  const [named = null] = typeof url === 'string' ? idsInLink(url) : [];
  const canonical = (typeof id === 'string' ? canonicalId(id) : null) ?? named;
  if (canonical === null || (type !== 'page' && type !== 'database')) return null;
  return { kind: type, id: canonical };
}

/** A fetched page is judged by the place that its own text names, and by everything embedded in it (rule 16). */
async function keepPage(decided: DecidedCall, value: Json, sight: Sight, whereabouts: Whereabouts): Promise<Kept> {
  const asked = decided.call.operation.demands.flatMap(({ object }) => ('id' in object ? [object] : []))[0];
  const page = asked === undefined ? null : readFetchedPage(asked.id, String(value.text));
  if (page === null || asked?.kind !== 'page') throw textWithheld();
  const stands = { state: 'known', path: page.path } as const;
  const known = decided.facts.objects.get(objectKey({ kind: 'page', id: asked.id }));
  const mayHere = sight.may('read', stands) && sight.may('read', known ?? stands);
  if (!mayHere) throw new PortcullisError('not_found', undefined, { notFound: { kind: 'page', id: asked.id } });
  if (sight.hiddenProperties(stands).size > 0) throw textWithheld();
  const text: Json = { markdown: page.text, unknown_block_ids: value.unknown_block_ids };
  await blankTexts(decided, text, sight, whereabouts);
  const { metadata, title, url, page_last_edited_at, truncated } = value;
  return { value: { metadata, title, url, text: page.text, page_last_edited_at, truncated }, withheld: 1 };
}

/** The text of a result that consists of text only. */
function textOf({ content }: Json): string | null {
  if (!Array.isArray(content) || content.length === 0) return null;
  const texts = content.map(part =>
    isObject(part) && part.type === 'text' && typeof part.text === 'string' ? part.text : null,
  );
  return texts.includes(null) ? null : texts.join('\n');
}

/** Notion's error texts quote nearby content, so not every caller gets them. */
function errorFor({ call, decision }: DecidedCall, text: string, sight: Sight | null): string {
  const heard = decision.effect === 'allow' && decision.mayHear && sight === null;
  return heard ? text : ownWords('', call.operation.effect);
}

function textWithheld(): PortcullisError {
  const message = 'What Notion answered may hold parts that you may not see, so it is withheld.';
  return new PortcullisError('restricted', message, { fate: 'failed' });
}

const links = /https?:\/\/[^\s"'<>()[\]{}\\]+/g;

/** A signed link to a file of Notion's opens without a key: so it is never released here (rule 17). */
function withoutSignatures(text: string, { isHostedFile }: Parts): string {
  return text.replace(links, link => {
    if (!URL.canParse(link)) return link;
    const url = new URL(link);
    return url.search !== '' && isHostedFile(url) ? url.origin + url.pathname : link;
  });
}

function release(answer: Answer, text: string, isError: boolean, withheld: number): Released {
  const body = Buffer.from(JSON.stringify({ content: [{ type: 'text', text }], isError }));
  return {
    answer: { status: 200, headers: { 'content-type': 'application/json' }, body, ...timing(answer) },
    withheld,
  };
}

function timing({ upstreamMs }: Answer): Pick<Answer, 'upstreamMs'> {
  return upstreamMs === undefined ? {} : { upstreamMs };
}
