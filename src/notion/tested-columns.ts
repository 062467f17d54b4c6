/** A column that a query filters or sorts by, or that a view is made by. */
export interface TestedColumn {
  /** Its name or id, as the request spells it. */
  readonly column: string;
  /** `named`: it is asked only whether pages that the request names are related; `sort`: it gives the order. */
  readonly how: 'named' | 'filter' | 'sort';
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The columns by which a query or a view distinguishes rows, anywhere in its filter and sorts, and in the quick filters
 * and the configuration of a view (https://developers.notion.com/reference/filter-data-source-entries).
 */
export function testedColumns({ filter, sorts, quick_filters: quick, configuration }: Json): TestedColumn[] {
  const quickly = isRecord(quick) ? Object.entries(quick).filter(([, condition]) => condition !== null) : [];
  return [
    ...inFilter(filter),
    ...(Array.isArray(sorts) ? sorts.flatMap(inSort) : []),
    ...quickly.map(([column]) => ({ column, how: 'filter' as const })),
    ...inConfiguration(configuration),
  ];
}

function inFilter(filter: unknown): TestedColumn[] {
  if (Array.isArray(filter)) return filter.flatMap(inFilter);
  if (!isRecord(filter)) return [];
  const { property, and, or } = filter;
  const own: TestedColumn[] =
    typeof property === 'string' ? [{ column: property, how: namesPages(filter) ? 'named' : 'filter' }] : [];
  return [...own, ...inFilter(and), ...inFilter(or)];
}

/** `relation: {contains: ID}`: reading that page is demanded already. */
function namesPages({ property: _property, type: _type, ...conditions }: Json): boolean {
  const { relation, ...others } = conditions;
  if (!isRecord(relation) || Object.keys(others).length > 0) return false;
  return Object.keys(relation).every(key => key === 'contains' || key === 'does_not_contain');
}

function inSort(sort: unknown): TestedColumn[] {
  return isRecord(sort) && typeof sort.property === 'string' ? [{ column: sort.property, how: 'sort' }] : [];
}

/** The columns that a view groups by and shows can be anywhere in its configuration. */
function inConfiguration(value: unknown): TestedColumn[] {
  if (Array.isArray(value)) return value.flatMap(inConfiguration);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (typeof inner !== 'string') return inConfiguration(inner);
    return /(?:^|_)property(?:_id|_name)?$|^map_by$/.test(key) ? [{ column: inner, how: 'filter' as const }] : [];
  });
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
