import type { Ancestry } from '../domain/ancestry.ts';
import { askerOf } from '../domain/asker-of.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { NotionRequest } from '../domain/operation.ts';
import type { NotionRef, PageIndex } from '../domain/page-index.ts';
import type { PolicySnapshot } from '../domain/policy-snapshot.ts';
import { type Columns, columnsNamed } from '../notion/columns.ts';
import { ownWords } from './own-words.ts';
import { isObject, type Json, parseObject } from './read-answer.ts';
import type { LookUp, Schemas } from './schemas.ts';
import { holderNamed, sourceOfPages } from './source-of-pages.ts';
import { createWhereabouts } from './whereabouts.ts';

export interface NamingParts {
  readonly index?: Pick<PageIndex, 'find'>;
  readonly schemas: Schemas;
  readonly lookUp: LookUp;
}

/** Rows that write values of pages (`page`), and rows that change the columns themselves (`schema`). */
const writers: Readonly<Record<string, 'page' | 'schema'>> = {
  'pages.create': 'page',
  'pages.update': 'page',
  'data_sources.update': 'schema',
  'databases.update': 'schema',
};

/** A page outside any data source has a title, and no other columns. */
const titleOnly: Columns = [{ id: 'title', name: 'title', type: 'title', config: {} }];

/**
 * Refuses, before it is sent, a request that names a property by its id, or renames it, where a grant keeps it from the
 * caller. Grants know properties by name alone, and the decision has seen only what the request calls them.
 *
 * A property that the caller may not read is refused in the words in which Notion refuses one that does not exist.
 */
export async function refuseNaming(decided: DecidedCall, target: NotionRequest, parts: NamingParts): Promise<void> {
  const naming = namingIn(decided, target);
  if (naming === null || !mattersTo(decided)) return;
  const at = (await createWhereabouts(parts.index, decided).of([naming.object]))(naming.object);
  const kept = keptFrom(decided, at, naming.writes);
  if (kept.shown.size + kept.written.size + kept.renamed.size === 0) return;
  const schema = await schemaOf(decided, parts);
  if (schema === null) throw restricted('Which properties this request names could not be looked up.');
  const hits = (key: string, names: ReadonlySet<string>) =>
    columnsNamed(schema, key).some(({ name }) => names.has(name));

  for (const key of naming.asked) {
    if (hits(key, kept.shown)) throw refusal(`Could not find property with name or id: ${key}`);
  }
  for (const [key, value] of naming.written) {
    const isRenamed = naming.writes === 'schema' && isObject(value) && typeof value.name === 'string';
    if (!hits(key, kept.written) && !(isRenamed && hits(key, kept.renamed))) continue;
    if (!hits(key, kept.shown)) throw restricted('A grant keeps a property that this call writes from being written.');
    if (naming.writes === 'schema') throw refusal(`Could not find property with name or id: ${key}`);
    throw refusal(ownWords('validation_error', 'write'));
  }
}

/** The properties that a request names, by any name or id, and the object that they belong to. */
interface Naming {
  readonly object: NotionRef;
  /** In `filter_properties`. */
  readonly asked: readonly string[];
  readonly written: readonly (readonly [key: string, value: unknown])[];
  readonly writes: 'page' | 'schema' | null;
}

function namingIn(decided: DecidedCall, { path, body }: NotionRequest): Naming | null {
  const object = holderNamed(decided);
  if (object === null) return null;
  const query = new URLSearchParams(path.split('?')[1]);
  const asked = [...query.getAll('filter_properties'), ...query.getAll('filter_properties[]')];
  const writes = writers[decided.call.operation.name] ?? null;
  const { properties } = writes !== null && Buffer.isBuffer(body) ? (parseObject(body) ?? {}) : ({} as Json);
  const written = isObject(properties) ? Object.entries(properties) : [];
  return asked.length + written.length === 0 ? null : { object, asked, written, writes };
}

/** Names of the properties that are kept from the caller at an object. */
interface Kept {
  /** They are not shown. */
  readonly shown: ReadonlySet<string>;
  /** They are not written: the values of pages, or the columns themselves. */
  readonly written: ReadonlySet<string>;
  /** A grant hides this name from a principal, so a new name for it needs the right to grant (rule 9). */
  readonly renamed: ReadonlySet<string>;
}

function keptFrom(decided: DecidedCall, at: Ancestry, writes: Naming['writes']): Kept {
  const { policy } = decided.facts;
  const asker = askerOf(decided.caller, decided.call, decided.facts);
  if (policy === null || asker === null) return { shown: none, written: none, renamed: none };
  const shown = policy.maskedProperties(asker, 'read', at);
  if (writes === null) return { shown, written: none, renamed: none };
  const mayGrant = policy.judge(asker, 'grants', { state: 'workspace', filtered: false }).effect === 'allow';
  const written = policy.maskedProperties(asker, 'update', at);
  return {
    shown,
    written: union(written, writes === 'schema' ? shown : none, mayGrant ? none : policy.testedProperties),
    renamed: writes === 'schema' && !mayGrant ? maskedForAnybody(policy) : none,
  };
}

/** Most policies say nothing about properties, and then nothing has to be looked up. */
function mattersTo({ facts: { policy } }: DecidedCall): boolean {
  return policy !== null && (policy.testedProperties.size > 0 || maskedForAnybody(policy).size > 0);
}

function maskedForAnybody({ source }: PolicySnapshot): ReadonlySet<string> {
  return new Set(source.grants.flatMap(({ properties }) => properties ?? []));
}

/** The columns of the pages that a request is about. Null: they cannot be looked up. */
async function schemaOf(decided: DecidedCall, parts: NamingParts): Promise<Columns | null> {
  const source = await sourceOfPages(decided, parts);
  if (source === 'none') return titleOnly;
  return source === 'unknown' ? null : parts.schemas.of(decided, source);
}

const none: ReadonlySet<string> = new Set();

function union(...sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  return new Set(sets.flatMap(set => [...set]));
}

function refusal(message: string): PortcullisError {
  return new PortcullisError('validation_error', message, { fate: 'not_sent' });
}

function restricted(message: string): PortcullisError {
  return new PortcullisError('restricted', message, { fate: 'not_sent' });
}
