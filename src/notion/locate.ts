import type { Action } from '../domain/action.ts';
import { anyProperty, type Demand, type ObjectRef, type Problem } from '../domain/operation.ts';
import { canonicalId, isOpaqueId } from './ids.ts';
import type { Care, Escalation, Locator, OperationRow, RequestLocation } from './operation-row.ts';
import { notAnId, quoted } from './references.ts';
import { isJsonObject, type JsonObject } from './strict-json.ts';

/** A request, as far as locators look into it. */
export interface Located {
  readonly path: Readonly<Record<string, string>>;
  readonly query: ReadonlyMap<string, string>;
  readonly body: JsonObject;
}

export interface Objects {
  readonly demands: readonly Demand[];
  /** Dotted body paths that held an object of the row's. */
  readonly claimed: ReadonlySet<string>;
  readonly problem: Problem | null;
}

/** Applies a row to a request: which objects it names, and what must be allowed on each of them (rule 5). */
export function locateObjects(row: OperationRow, request: Located): Objects {
  const search = new Search(request);
  if (row.workspace !== undefined) search.demandWorkspace(row.workspace, row.filtered === true);
  for (const locator of row.locators ?? []) search.apply(locator);
  for (const { unless, actions, on } of row.standIns ?? []) {
    if (unless.every(place => search.valueAt(place) === undefined)) search.demand(actions, on);
  }
  for (const escalation of row.escalations ?? []) {
    if (applies(escalation, request.body)) search.demand(escalation.actions, escalation.on, escalation.care);
  }
  for (const { anyOf, onlyIf } of row.needs ?? []) {
    const needed = onlyIf === undefined || search.valueAt(onlyIf) !== undefined;
    if (needed && !anyOf.some(place => search.found.has(place))) search.refuseMissing(anyOf);
  }
  search.noteWrites(propertiesWritten(row, search, request.body));
  return { demands: search.demands, claimed: search.claimed, problem: search.problem };
}

class Search {
  readonly demands: Demand[] = [];
  readonly claimed = new Set<string>();
  /** What each place named. */
  readonly found = new Map<RequestLocation, ObjectRef>();
  problem: Problem | null = null;
  readonly #request: Located;

  constructor(request: Located) {
    this.#request = request;
  }

  /** The value at a place; `null` counts as missing. */
  valueAt(place: RequestLocation): unknown {
    const dot = place.indexOf('.');
    const name = place.slice(dot + 1);
    if (place.startsWith('path.')) return this.#request.path[name];
    if (place.startsWith('query.')) return this.#request.query.get(name);
    return valueIn(this.#request.body, name.split('.')) ?? undefined;
  }

  apply({ at, kind, actions, owned, care }: Locator): void {
    const value = this.valueAt(at);
    if (value === undefined) return;
    const object = kind === 'workspace' ? workspaceIf(value) : objectNamed(kind, value);
    if (object === null) {
      this.problem ??= kind === 'workspace' ? notTrue(at, value) : notAnId(at, value);
      return;
    }
    this.found.set(at, object);
    if (at.startsWith('body.')) this.claimed.add(at.slice('body.'.length));
    for (const action of actions)
      this.demands.push({ action, object, ...(owned && { owned }), ...(care && this.#take(care)) });
  }

  demandWorkspace(action: Action | 'member', filtered: boolean): void {
    if (action === 'member') this.demands.push({ action: 'read', object: { kind: 'membership' } });
    else this.demands.push({ action, object: { kind: 'workspace' }, ...(filtered && { filtered }) });
  }

  /** Demands actions on the object that a locator found. If it found none, the call already has another problem. */
  demand(actions: readonly Action[], on: 'workspace' | RequestLocation, care?: Care): void {
    const object: ObjectRef | undefined = on === 'workspace' ? { kind: 'workspace' } : this.found.get(on);
    if (object === undefined) return;
    for (const action of actions) this.demands.push({ action, object, ...(care && this.#take(care)) });
  }

  /** The first demand says which properties the call writes: it is on the object that they belong to. */
  noteWrites(writes: readonly string[]): void {
    const [first] = this.demands;
    if (first !== undefined && writes.length > 0) this.demands[0] = { ...first, writes };
  }

  #take({ movesUnder, ...care }: Care): Partial<Demand> {
    const under = movesUnder?.map(place => objectAt(place, this.valueAt(place))).find(object => object !== null);
    return { ...care, ...(under && { movesUnder: under }) };
  }

  refuseMissing(anyOf: readonly RequestLocation[]): void {
    const [first = 'body.parent'] = anyOf;
    const part = first.slice(0, first.indexOf('.'));
    const message = `${part} failed validation: ${anyOf.join(' or ')} should be defined, instead was \`undefined\`.`;
    this.problem ??= { code: 'validation_error', message };
  }
}

/** The parent that a request names for a new or moved object. */
function objectAt(place: RequestLocation, value: unknown): ObjectRef | null {
  const name = place.slice(place.lastIndexOf('.') + 1);
  if (name === 'workspace') return workspaceIf(value);
  const kind = name === 'page_id' ? 'page' : name === 'database_id' ? 'database' : 'data_source';
  return objectNamed(kind, value);
}

function propertiesWritten({ writes = [], writesAny = [] }: OperationRow, search: Search, body: JsonObject): string[] {
  const named = writes.flatMap(place => valuesAt(body, place.split('.'))).filter(isJsonObject);
  const names = named.flatMap(properties =>
    Object.entries(properties).flatMap(([key, value]) => [key, ...newName(value)]),
  );
  return writesAny.some(place => search.valueAt(place) !== undefined) ? [...names, anyProperty] : names;
}

/** A change of a schema can give a property the name of another. */
function newName(value: unknown): string[] {
  return isJsonObject(value) && typeof value.name === 'string' ? [value.name] : [];
}

function workspaceIf(value: unknown): ObjectRef | null {
  return value === true ? { kind: 'workspace' } : null;
}

function objectNamed(kind: Exclude<Locator['kind'], 'workspace'>, value: unknown): ObjectRef | null {
  if (typeof value !== 'string') return null;
  // Notion makes up the ids of tasks in another way (`task_…`).
  const id = kind === 'async_task' ? (isOpaqueId(value) ? value : null) : canonicalId(value);
  return id === null ? null : { kind, id };
}

function notTrue(at: RequestLocation, value: unknown): Problem {
  const message = `body failed validation: ${at} should be \`true\`, instead was \`${quoted(value)}\`.`;
  return { code: 'validation_error', message };
}

function valueIn(body: JsonObject, keys: readonly string[]): unknown {
  let value: unknown = body;
  for (const key of keys) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function applies({ at, when }: Escalation, body: JsonObject): boolean {
  return valuesAt(body, at.split('.')).some(value => {
    if (when === 'present') return true;
    return when === 'null' ? value === null : value !== null && value !== false;
  });
}

/** All values at a dotted path; `*` means any one key. A missing key has no value, not even null. */
function valuesAt(value: unknown, keys: readonly string[]): unknown[] {
  const [key, ...rest] = keys;
  if (key === undefined) return [value];
  if (!isJsonObject(value)) return [];
  if (key === '*') return Object.values(value).flatMap(item => valuesAt(item, rest));
  return Object.hasOwn(value, key) ? valuesAt(value[key], rest) : [];
}
