import type { Ancestry } from '../domain/ancestry.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { NotionRequest } from '../domain/operation.ts';
import type { NotionRef } from '../domain/page-index.ts';
import { type Column, type Columns, columnsNamed } from '../notion/columns.ts';
import { formulaReferences } from '../notion/formula-references.ts';
import { canonicalId } from '../notion/ids.ts';
import { type TestedColumn, testedColumns } from '../notion/tested-columns.ts';
import { depthMax, ofPeople, texts } from './computed.ts';
import { refuseCopying } from './may-copy.ts';
import { type NamingParts, refuseNaming } from './may-name.ts';
import { refuseRelating } from './may-relate.ts';
import { isObject, type Json, parseObject } from './read-answer.ts';
import { type Sight, sightOf } from './sight.ts';
import { firstSourceOf } from './source-of-pages.ts';
import { createWhereabouts } from './whereabouts.ts';

/**
 * Refuses a query before it is sent if its rows or order would reveal hidden data: a filter or sort by a masked
 * property, or by a relation, rollup or formula that may depend on hidden pages, in the request or in the view that it
 * runs (rule 14). A column that reads pages can be added only by callers who may read those pages.
 *
 * A masked property is treated like one that does not exist.
 */
export function createQueryGuard(parts: NamingParts): (decided: DecidedCall) => Promise<void> {
  return async decided => {
    const { name, target } = decided.call.operation;
    if (target?.kind !== 'notion') return;
    await refuseNaming(decided, target, parts);
    await refuseCopying(decided, target, parts);
    await refuseRelating(decided, target, parts);
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
  readonly #parts: NamingParts;

  constructor(decided: DecidedCall, { body }: NotionRequest, sight: Sight, parts: NamingParts) {
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

  firstSource(): Promise<string | null> {
    return firstSourceOf(this.#decided, this.named('database') ?? '', this.#parts.lookUp);
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
      // A column that does not exist is Notion's to refuse, in these words.
      const columns = columnsNamed(schema, one.column);
      if (columns.some(({ name }) => masked.has(name))) throw noSuchProperty(one);
      if (one.how !== 'named' && !columns.every(column => this.#isOpen(column, schema, masked, 0))) {
        throw restricted(`You may not filter or sort by "${one.column}": it may depend on pages that you may not see.`);
      }
      if (columns.some(column => texts.has(column.type) && this.#leavesOut(column))) {
        throw restricted(`To filter or sort by "${one.column}", ask for it in filter_properties, too.`);
      }
    }
  }

  /** Columns that are added or changed: a rollup or formula needs the right to read the other ends of its relations. */
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

  /**
   * If a row matches because of a word in a text, it must show the text, so that we can see where the word comes from.
   */
  #leavesOut({ id, name }: Column): boolean {
    const { target } = this.#decided.call.operation;
    const query = new URLSearchParams(target?.kind === 'notion' ? target.path.split('?')[1] : '');
    const wanted = [...query.getAll('filter_properties'), ...query.getAll('filter_properties[]')];
    return wanted.length > 0 && !wanted.some(key => columnsNamed([{ id, name, type: '', config: {} }], key).length > 0);
  }

  #schemaOf(dataSource: string | null): Promise<Columns | null> {
    return dataSource === null ? Promise.resolve(null) : this.#parts.schemas.of(this.#decided, dataSource);
  }

  async #at(object: NotionRef): Promise<Ancestry> {
    return (await createWhereabouts(this.#parts.index, this.#decided).of([object]))(object);
  }

  #areOpen(columns: Columns, schema: Columns, masked: ReadonlySet<string>, depth: number): boolean {
    return columns.length > 0 && columns.every(column => this.#isOpen(column, schema, masked, depth));
  }

  /** Whether no row's value in this column can depend on hidden data. */
  #isOpen({ type, name, config }: Column, schema: Columns, masked: ReadonlySet<string>, depth: number): boolean {
    if (masked.has(name) || depth > depthMax) return false;
    switch (type) {
      case 'relation':
        return depth === 0 && this.#sight.everyObject;
      case 'rollup':
        return false;
      case 'formula': {
        const keys = formulaReferences(String(config.expression));
        return keys?.every(key => this.#areOpen(columnsNamed(schema, key), schema, masked, depth + 1)) ?? false;
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
