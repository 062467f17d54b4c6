import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { ErrorCode } from '../domain/errors.ts';
import { formBoundary, formType, isJson } from '../domain/media-type.ts';
import type {
  AnswerList,
  Demand,
  NotionRequest,
  ObjectRef,
  Operation,
  Problem,
  ResponseTreatment,
} from '../domain/operation.ts';
import { hasNul } from '../domain/printable.ts';
import { findCarriedLinks } from './carried-links.ts';
import { canonicalId, looksLikeId } from './ids.ts';
import { isLinkToObject } from './links.ts';
import { locateObjects } from './locate.ts';
import type { OperationRow, RowList } from './operation-row.ts';
import { findReferences, quoted } from './references.ts';
import { buildRequestPath, parseRequestUrl } from './request-url.ts';
import { type Match, matchRoute } from './routes.ts';
import { type JsonObject, parseStrictJson } from './strict-json.ts';
import { defaultNotionVersion, isNotionVersion, type NotionVersion, unknownVersionMessage } from './versions.ts';

/** A request to Notion's REST API, before its meaning is known. */
export interface RestRequest {
  readonly method: string;
  /** The raw request target, as it stood on the wire, starting with `/v1/`. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** JSON whole, a multipart form as a stream, null for no body. */
  readonly body: Buffer | Readable | null;
}

/** Objects that one request may name. Notion accepts 1000 blocks; most name one or two objects. */
const demandsMax = 2_000;

/**
 * Says what a request wants: the row it falls under, what must be allowed, and exactly what would be sent. Never throws:
 * what cannot be carried out has a `problem`, and is still decided and logged.
 */
export function classifyRest(request: RestRequest): Operation {
  const version = readVersion(request.headers['notion-version']);
  const url = parseRequestUrl(request.url);
  if (url === null) return unrecognised('invalid_request_url', 'Invalid request URL.');
  // An unknown version is reported only after the route, as Notion does. The newest version has every endpoint except
  // legacy ones.
  const match = matchRoute(request.method, url.segments, version.known ?? defaultNotionVersion);
  if (match === null) return unrecognised('invalid_request_url', 'Invalid request URL.');

  const content = readContent(match.row, request);
  const path = pathParameters(match, url.segments);
  const query = new Map(url.query);
  const objects = locateObjects(match.row, { path: path.values, query, body: content.json });
  const markdown = new Set(match.row.markdown);
  const carried = findCarriedLinks(content.body, content.json, markdown);
  const references = findReferences(carried?.judged ?? content.json, objects.claimed, markdown);
  const problem =
    content.problem ??
    version.problem ??
    path.problem ??
    objects.problem ??
    unknownKeys(match.row, url.query, content.json) ??
    references.problem ??
    unclaimedQuery(match.row, url.query);
  const demands = distinct([...objects.demands, ...references.demands]);
  const tooMany = demands.length > demandsMax ? tooManyObjects : null;
  return {
    name: match.row.name,
    effect: match.row.effect,
    demands: demands.slice(0, demandsMax),
    problem: problem ?? tooMany,
    target: {
      kind: 'notion',
      method: match.row.method,
      path: buildRequestPath(path.segments, canonicalQuery(match.row, url.query)),
      headers: forwardedHeaders(version.known ?? defaultNotionVersion, request.headers, content.body),
      body: content.body,
      ...(carried && { carries: carried.links }),
    },
    response: treatment(match.row, objects.demands),
  };
}

/** A call that no row covers, or that could not be read far enough to find one. */
export function unrecognised(code: ErrorCode, message: string): Operation {
  return {
    name: 'unrecognised',
    effect: 'read',
    demands: [],
    problem: { code, message },
    target: null,
    response: { opaque: false, readAction: null, rewriteUrls: false, notFound: null, binds: null },
  };
}

const tooManyObjects: Problem = {
  code: 'validation_error',
  message: `body failed validation: body should name at most ${demandsMax} objects.`,
};

function readVersion(header: string | string[] | undefined): { known: NotionVersion | null; problem: Problem | null } {
  if (header === undefined) return { known: defaultNotionVersion, problem: null };
  const value = String(header);
  if (isNotionVersion(value)) return { known: value, problem: null };
  return { known: null, problem: { code: 'missing_version', message: unknownVersionMessage(value) } };
}

interface Content {
  /** Parsed JSON; empty if there is no body. */
  readonly json: JsonObject;
  /** The original bytes, which are sent on. So Notion reads exactly what was judged. */
  readonly body: NotionRequest['body'];
  readonly problem: Problem | null;
}

const noJson: JsonObject = {};

function readContent(row: OperationRow, { headers, body }: RestRequest): Content {
  if (row.multipart) return readForm(headers['content-type'], body);
  if (body === null || (Buffer.isBuffer(body) && body.length === 0)) return { json: noJson, body: null, problem: null };
  // Some clients send `{}` with requests that have no body, sometimes without a content type.
  const type = headers['content-type'] ?? (row.body === undefined ? 'application/json' : undefined);
  if (!Buffer.isBuffer(body) || !isJson(type)) {
    return refusedContent('invalid_request', 'The content type of a request body must be application/json.');
  }
  const json = parseStrictJson(body);
  if (json === null) return refusedContent('invalid_json', 'Error parsing JSON body.');
  if (hasNul(json)) return refusedContent('validation_error', 'body failed validation: U+0000 is not allowed in text.');
  if (row.body !== undefined) return { json, body, problem: null };
  // An empty object has no content, so it need not be sent.
  if (Object.keys(json).length === 0) return { json: noJson, body: null, problem: null };
  return refusedContent('validation_error', 'body failed validation: body should be not present.');
}

/** Notion takes the file only as a form, and a form must say its boundary (RFC 7578 section 4.1). */
function readForm(contentType: string | undefined, body: RestRequest['body']): Content {
  const isForm = formBoundary(contentType) !== null;
  if (body !== null && !Buffer.isBuffer(body) && isForm) return { json: noJson, body, problem: null };
  return refusedContent('invalid_request', 'Send the file as multipart/form-data with a boundary.');
}

function refusedContent(code: ErrorCode, message: string): Content {
  return { json: noJson, body: null, problem: { code, message } };
}

function pathParameters({ row, parameters }: Match, segments: readonly string[]) {
  const values: Record<string, string> = {};
  const canonical = [...segments];
  let problem: Problem | null = null;
  for (const [index, name] of parameters.entries()) {
    const value = segments[index];
    if (name === null || value === undefined) continue;
    values[name] = value;
    const located = row.locators?.some(locator => locator.at === `path.${name}`) ?? false;
    if (located) canonical[index] = canonicalId(value) ?? value;
    else if (!isPropertyId(value)) problem ??= { code: 'invalid_request_url', message: 'Invalid request URL.' };
  }
  return { values, segments: canonical, problem };
}

/**
 * Property ids are short and may hold any character, percent signs included, but nothing that becomes a path if it is
 * decoded a second time.
 */
function isPropertyId(value: string): boolean {
  return value.length <= 256 && !/\.\.|%2e/i.test(value);
}

function unknownKeys(
  row: OperationRow,
  query: readonly (readonly [string, string])[],
  json: JsonObject,
): Problem | null {
  if (row.effect === 'read') return null;
  const key = query.find(([name]) => !isKnownQuery(row, name))?.[0];
  if (key !== undefined) return notPresent('query', key, query.find(([name]) => name === key)?.[1]);
  const extra = Object.keys(json).find(name => row.body?.includes(name) !== true);
  return extra === undefined ? null : notPresent('body', extra, json[extra]);
}

function isKnownQuery(row: OperationRow, name: string): boolean {
  return row.query?.includes(name.replace(/\[\]$/, '')) ?? false;
}

/** Rule 5 for the query: an id or Notion URL under a key that the row does not know. */
function unclaimedQuery(row: OperationRow, query: readonly (readonly [string, string])[]): Problem | null {
  const stray = query.find(
    ([name, value]) => !isKnownQuery(row, name) && (looksLikeId(value) || isLinkToObject(value)),
  );
  return stray === undefined ? null : notPresent('query', stray[0], stray[1]);
}

function notPresent(part: 'query' | 'body', key: string, value: unknown): Problem {
  const name = key.length > 55 ? `${key.slice(0, 55)}...` : key;
  const message = `${part} failed validation: ${part}.${name} should be not present, instead was \`${quoted(value)}\`.`;
  return { code: 'validation_error', message };
}

/** The query as it is sent: with the judged ids, in the spelling in which they were judged. */
function canonicalQuery(row: OperationRow, query: readonly (readonly [string, string])[]) {
  return query.map(([name, value]) => {
    const located = row.locators?.some(locator => locator.at === `query.${name}`) ?? false;
    return [name, located ? (canonicalId(value) ?? value) : value] as const;
  });
}

function forwardedHeaders(version: NotionVersion, headers: IncomingHttpHeaders, body: NotionRequest['body']) {
  const forwarded: Record<string, string> = { 'notion-version': version };
  if (Buffer.isBuffer(body)) forwarded['content-type'] = 'application/json';
  else if (body !== null) {
    // In our spelling, so that Notion cannot read another boundary in it than we did.
    forwarded['content-type'] = formType(formBoundary(headers['content-type']) ?? '');
    if (headers['content-length'] !== undefined) forwarded['content-length'] = headers['content-length'];
  }
  return forwarded;
}

function distinct(demands: readonly Demand[]): Demand[] {
  if (demands.length < 2) return [...demands];
  const seen = new Set<string>();
  return demands.filter(({ action, object, owned }) => {
    const key = `${action} ${object.kind} ${'id' in object ? object.id : ''} ${owned ?? false}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

function treatment({ response }: OperationRow, demands: readonly Demand[]): ResponseTreatment {
  return {
    opaque: false,
    readAction: response.readAction ?? null,
    rewriteUrls: response.rewriteUrls ?? false,
    notFound: firstObject(demands),
    binds: response.binds ?? null,
    ...(response.ownedList && { ownedList: response.ownedList }),
    ...(response.list && { list: listOf(response.list, demands) }),
  };
}

function listOf(row: RowList, demands: readonly Demand[]): AnswerList {
  const object = demands.find(demand => demand.object.kind === row.within)?.object;
  return {
    at: row.at ?? 'results',
    kind: row.kind ?? null,
    action: row.action ?? 'read',
    paged: row.paged ?? null,
    ...(row.furtherBelow && { furtherBelow: true }),
    ...(object !== undefined && 'id' in object && { within: object as NonNullable<AnswerList['within']> }),
  };
}

/** The object that the call is about is the first that its row locates. */
function firstObject(demands: readonly Demand[]): { kind: string; id: string } | null {
  const object: ObjectRef | undefined = demands.find(demand => 'id' in demand.object)?.object;
  return object !== undefined && 'id' in object ? { kind: object.kind, id: object.id } : null;
}
