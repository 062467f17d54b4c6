import type { Ancestry } from '../domain/ancestry.ts';
import type { NotionRef } from '../domain/page-index.ts';
import { type Column, type Columns, columnNamed, columnsNamed } from '../notion/columns.ts';
import { formulaReferences } from '../notion/formula-references.ts';
import type { Computed, ShownBy } from './blank/findings.ts';
import type { Sight } from './sight.ts';

/** Formulas can refer to each other. Past this depth it is not known what a formula depends on. */
export const depthMax = 10;

/** Columns whose values are numbers, dates, options or the like, and never show another page or a person. */
const bare: ReadonlySet<string> = new Set([
  ...['number', 'select', 'multi_select', 'status', 'date', 'email', 'phone_number', 'checkbox', 'created_time'],
  ...['last_edited_time', 'unique_id', 'place', 'location'],
]);
export const ofPeople: ReadonlySet<string> = new Set(['people', 'created_by', 'last_edited_by']);
/** Columns whose values show mentions and links. */
export const texts: ReadonlySet<string> = new Set(['title', 'rich_text', 'url', 'files']);

export interface ComputedView {
  readonly sight: Sight;
  readonly at: (object: NotionRef) => Ancestry;
  /** Schemas by the id of the data source, including those at the other ends of relations. */
  readonly schemas: ReadonlyMap<string, Columns | null>;
}

/**
 * Whether a caller may see a rollup or formula: only if they may read everything that it may depend on (rule 14). If
 * that is not clear, it counts as hidden.
 */
export function mayShow(computed: Computed, view: ComputedView): boolean {
  const schema = computed.dataSource === null ? null : (view.schemas.get(computed.dataSource) ?? null);
  const column = schema === null ? null : columnNamed(schema, computed.propertyId);
  return schema !== null && column !== null && new Judging(computed, schema, view).isOpen(column, 0);
}

/** The data sources that rollups of this one look into. */
export function relatedSources(schema: Columns): string[] {
  return schema.flatMap(({ config }) => (typeof config.data_source_id === 'string' ? [config.data_source_id] : []));
}

class Judging {
  readonly #computed: Computed;
  readonly #schema: Columns;
  readonly #view: ComputedView;
  readonly #hidden: ReadonlySet<string>;

  constructor(computed: Computed, schema: Columns, view: ComputedView) {
    this.#computed = computed;
    this.#schema = schema;
    this.#view = view;
    this.#hidden = view.sight.hiddenProperties(view.at(computed.page));
  }

  isOpen(column: Column, depth: number): boolean {
    if (depth > depthMax || this.#hidden.has(column.name)) return false;
    if (bare.has(column.type)) return true;
    if (ofPeople.has(column.type)) return this.#view.sight.people;
    // A text shows its mentions and links, and so does a formula of it.
    if (texts.has(column.type)) return this.#showsOnlyReadable(this.#computed.values.get(column.id));
    if (column.type === 'formula') return this.#formula(column, depth);
    return column.type === 'rollup' && this.#rollup(column);
  }

  #formula({ config }: Column, depth: number): boolean {
    const names = typeof config.expression === 'string' ? formulaReferences(config.expression) : null;
    if (names === null) return false;
    return names.every(name => {
      const columns = columnsNamed(this.#schema, name);
      return columns.length > 0 && columns.every(column => this.isOpen(column, depth + 1));
    });
  }

  #rollup({ config }: Column): boolean {
    const { sight } = this.#view;
    const relation = columnNamed(this.#schema, config.relation_property_id ?? config.relation_property_name);
    if (relation?.type !== 'relation' || this.#hidden.has(relation.name)) return false;
    const related = this.#computed.values.get(relation.id);
    if (!this.#showsOnlyReadable(related)) return false;
    const target = this.#view.schemas.get(String(relation.config.data_source_id)) ?? null;
    const column = target && columnNamed(target, config.rollup_property_id ?? config.rollup_property_name);
    if (target === null || column === null || !this.#isOpenElsewhere(column, target)) return false;
    return (related?.shows ?? []).every(page => !sight.hiddenProperties(this.#view.at(page)).has(column.name));
  }

  /** About the pages at the other end of a relation, only one thing is known: the caller may read them. */
  #isOpenElsewhere({ type, config }: Column, schema: Columns): boolean {
    if (bare.has(type) || texts.has(type)) return true;
    if (ofPeople.has(type)) return this.#view.sight.people;
    const names = type === 'formula' ? formulaReferences(String(config.expression)) : null;
    return names?.every(name => bare.has(columnNamed(schema, name)?.type ?? '')) ?? false;
  }

  #showsOnlyReadable(value: ShownBy | undefined): boolean {
    const { sight, at } = this.#view;
    return value?.whole === true && value.shows.every(object => sight.may('read', at(object)));
  }
}
