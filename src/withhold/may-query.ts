import type { Ancestry } from '../domain/ancestry.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { NotionRequest } from '../domain/operation.ts';
import type { NotionRef, PageIndex } from '../domain/page-index.ts';
import { type Column, type Columns, columnNamed } from '../notion/columns.ts';
import { formulaReferences } from '../notion/formula-references.ts';
import { canonicalId } from '../notion/ids.ts';
import { type TestedColumn, testedColumns } from '../notion/tested-columns.ts';
import { depthMax, ofPeople, texts } from './computed.ts';
import { isObject, type Json, parseObject } from './read-answer.ts';
import type { LookUp, Schemas } from './schemas.ts';
import { type Sight, sightOf } from './sight.ts';
import { createWhereabouts } from './whereabouts.ts';

export interface QueryParts {
  readonly index?: Pick<PageIndex, 'find'>;
  readonly schemas: Schemas;
  readonly lookUp: LookUp;
}

/**
 * Refuses, before it is sent, a query whose rows or order would tell of what is hidden: a filter or sort by a masked
 * property, or by a relation, rollup or formula that may reach hidden pages, in the request or in the view that it runs
 * (rule 14). A column that looks at pages is added only by those who may read what it looks at.
 *
 * A masked property answers like one that does not exist.
 */
export function createQueryGuard(parts: QueryParts): (decided: DecidedCall) => Promise<void> {
  return async decided => {
    const { name, target } = decided.call.operation;
    if (target?.kind !== 'notion') return;
    const guard = guards[name];
    const sight = guard === undefined ? null : sightOf(decided);
    if (guard !== undefined && sight !== null) await guard(new Query(decided, target, sight, parts));
  };
}

/** By the name of the row. */
const guards: Readonly<Record<string, (query: Query) => Promise<void>>> = {
  'data_sources.query': query => query.refuseHidden(query.named('data_source'), query.body),
  'databases.query': async query => {
    if (testedColumns(query.body).length > 0) await query.refuseHidden(await query.firstSource(), query.body);
  },
  'views.create': query => query.refuseHidden(query.named('data_source'), query.body),
  'views.update': async query => {
    if (testedColumns(query.body).length > 0) await query.refuseHidden(sourceOf(await query.view()), query.body);
  },
  'views.queries.create': async query => {
    const view = await query.view();
    await query.refuseHidden(sourceOf(view), view);
  },
  'data_sources.create': query => query.refuseReaching(null, query.body.properties),
  'data_sources.update': query => query.refuseReaching(query.named('data_source'), query.body.properties),
  'databases.create': query => query.refuseReaching(null, initialProperties(query.body)),
  'databases.update': query => query.refuseReaching(null, query.body.properties),
};

function sourceOf({ data_source_id: id }: Json): string | null {
  return typeof id === 'string' ? canonicalId(id) : null;
}

function initialProperties({ properties, initial_data_source: initial }: Json): unknown {
  return isObject(initial) ? initial.properties : properties;
}

class Query {
  readonly body: Json;
  readonly #decided: DecidedCall;
  readonly #sight: Sight;
  readonly #parts: QueryParts;

  constructor(decided: DecidedCall, { body }: NotionRequest, sight: Sight, parts: QueryParts) {
    this.body = Buffer.isBuffer(body) ? (parseObject(body) ?? {}) : {};
    this.#decided = decided;
    this.#sight = sight;
    this.#parts = parts;
  }

  /** The id of the object of this kind that the request names first. */
  named(kind: NotionRef['kind']): string | null {
    const object = this.#decided.call.operation.demands.find(demand => demand.object.kind === kind)?.object;
    return object !== undefined && 'id' in object ? object.id : null;
  }

  async view(): Promise<Json> {
    const view = await this.#lookUp(`/v1/views/${this.named('view')}`);
    if (view === null) throw restricted('What this view shows could not be looked up.');
    return view;
  }

  /** Before data sources came, a query named the database. */
  async firstSource(): Promise<string | null> {
    const sources = (await this.#lookUp(`/v1/databases/${this.named('database')}`))?.data_sources;
    const [first] = Array.isArray(sources) ? sources : [];
    return isObject(first) && typeof first.id === 'string' ? canonicalId(first.id) : null;
  }

  async #lookUp(path: `/v1/${string}`): Promise<Json | null> {
    const found = await this.#parts.lookUp(this.#decided, path).catch(() => null);
    return isObject(found) ? found : null;
  }

  async refuseHidden(dataSource: string | null, by: Json): Promise<void> {
    const tested = testedColumns(by);
    if (tested.length === 0) return;
    const schema = await this.#schemaOf(dataSource);
    if (schema === null) throw restricted('What this filter or sort looks at could not be looked up.');
    const masked = this.#sight.hiddenProperties(await this.#at({ kind: 'data_source', id: dataSource ?? '' }));
    for (const one of tested) {
      const column = columnNamed(schema, one.column);
      // A column that does not exist is Notion's to refuse, in these words.
      if (column !== null && masked.has(column.name)) throw noSuchProperty(one);
      if (column !== null && one.how !== 'named' && !this.#isOpen(column, schema, masked, 0)) {
        throw restricted(`You may not filter or sort by "${one.column}": it may depend on pages that you may not see.`);
      }
      if (column !== null && texts.has(column.type) && this.#leavesOut(column)) {
        throw restricted(`To filter or sort by "${one.column}", ask for it in filter_properties, too.`);
      }
    }
  }

  /** Columns that are added or changed: a rollup or formula needs reading on the other ends of the relations that it uses. */
  async refuseReaching(dataSource: string | null, properties: unknown): Promise<void> {
    if (this.#sight.everyObject || !isObject(properties)) return;
    const added = Object.values(properties).filter(isObject);
    if (!added.some(({ rollup, formula }) => isObject(rollup) || isObject(formula))) return;
    const known = dataSource === null ? [] : await this.#schemaOf(dataSource);
    if (known === null) throw restricted('What this column looks at could not be looked up.');
    const ends = [...added.map(({ relation }) => relation), ...known.map(({ config }) => config)].flatMap(endOf);
    for (const end of ends) {
      if (!this.#sight.may('read', await this.#at(end))) {
        throw restricted('A rollup or formula here could look into a database that you may not read.');
      }
    }
  }

  /** A row that is there for a word in a text must show the text, so that it can be seen whose word it is. */
  #leavesOut({ id, name }: Column): boolean {
    const { target } = this.#decided.call.operation;
    const query = new URLSearchParams(target?.kind === 'notion' ? target.path.split('?')[1] : '');
    const wanted = [...query.getAll('filter_properties'), ...query.getAll('filter_properties[]')];
    return wanted.length > 0 && !wanted.some(key => columnNamed([{ id, name, type: '', config: {} }], key) !== null);
  }

  #schemaOf(dataSource: string | null): Promise<Columns | null> {
    return dataSource === null ? Promise.resolve(null) : this.#parts.schemas.of(this.#decided, dataSource);
  }

  async #at(object: NotionRef): Promise<Ancestry> {
    return (await createWhereabouts(this.#parts.index, this.#decided).of([object]))(object);
  }

  /** Whether no row's value in this column can depend on what is hidden. */
  #isOpen({ type, name, config }: Column, schema: Columns, masked: ReadonlySet<string>, depth: number): boolean {
    if (masked.has(name) || depth > depthMax) return false;
    switch (type) {
      case 'relation':
        return depth === 0 && this.#sight.everyObject;
      case 'rollup':
        return false;
      case 'formula': {
        const columns = formulaReferences(String(config.expression))?.map(key => columnNamed(schema, key));
        return columns?.every(column => column !== null && this.#isOpen(column, schema, masked, depth + 1)) ?? false;
      }
      default:
        // People are filtered by their ids. A formula can ask for their names.
        return depth === 0 || !ofPeople.has(type) || this.#sight.people;
    }
  }
}

function endOf(relation: unknown): NotionRef[] {
  if (!isObject(relation)) return [];
  const { data_source_id: source, database_id: database } = relation;
  const id = typeof source === 'string' ? source : database;
  const canonical = typeof id === 'string' ? canonicalId(id) : null;
  if (canonical === null) return [];
  return [{ kind: typeof source === 'string' ? 'data_source' : 'database', id: canonical }];
}

function noSuchProperty({ column, how }: TestedColumn): PortcullisError {
  const what = how === 'sort' ? 'sort property' : 'property';
  return new PortcullisError('validation_error', `Could not find ${what} with name or id: ${column}`, {
    fate: 'not_sent',
  });
}

function restricted(message: string): PortcullisError {
  return new PortcullisError('restricted', message, { fate: 'not_sent' });
}
