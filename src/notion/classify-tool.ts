import type { Action } from '../domain/action.ts';
import { anyProperty, type Demand, type ObjectRef, type Operation, type Problem } from '../domain/operation.ts';
import { stringsIn, valuesAt } from './argument-values.ts';
import type { ArgumentLocator, HostedUse } from './hosted-use.ts';
import { canonicalId } from './ids.ts';
import { idsInLink } from './links.ts';
import { markdownReferences } from './markdown-references.ts';
import { tablesInSql } from './sql-tables.ts';
import { isJsonObject, type JsonObject } from './strict-json.ts';
import { hostedHeaders } from './tool-list.ts';
import { readToolReference } from './tool-reference.ts';
import type { ToolRow } from './tool-row.ts';

/** Objects that one call may name. */
const demandsMax = 500;

/**
 * A call of a tool at Notion's hosted MCP server, as an operation: what must be allowed, and exactly what would be sent. What an
 * argument names is sent in the spelling in which it was judged. Never throws.
 *
 * @param given what `readArguments` made of the call
 */
export function classifyTool(row: ToolRow, use: HostedUse, given: JsonObject): Operation {
  const args = structuredClone(given) as JsonObject;
  const work = new Classification(use, args);
  work.locate();
  work.escalate();
  work.readTexts();
  const { demands, problem } = work.result();
  const params = { name: row.name, arguments: args };
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
  return {
    name: `tools.${row.name}`,
    effect: row.effect,
    demands: demands.slice(0, demandsMax),
    problem: problem ?? (demands.length > demandsMax ? invalid('The call names too many objects.') : null),
    target: {
      kind: 'notion',
      method: 'POST',
      path: '/mcp',
      headers: hostedHeaders,
      body: Buffer.from(JSON.stringify(message)),
      hosted: { tool: row.name, shows: use.shows },
    },
    response: {
      opaque: false,
      readAction: row.actions.includes('people.read') ? 'people.read' : 'read',
      rewriteUrls: true,
      notFound: work.firstObject(),
      binds: use.shows === 'made' || use.shows === 'task' ? 'async_task' : null,
    },
  };
}

class Classification {
  readonly #use: HostedUse;
  readonly #args: JsonObject;
  readonly #demands: Demand[] = [];
  readonly #objects = new Map<string, ObjectRef[]>();
  #problem: Problem | null = null;

  constructor(use: HostedUse, args: JsonObject) {
    this.#use = use;
    this.#args = args;
  }

  /** Every argument that names an object. */
  locate(): void {
    for (const locator of this.#use.locators) this.#objects.set(locator.at, this.#find(locator));
    for (const locator of this.#use.locators) this.#demandAt(locator);
    const { otherwise } = this.#use;
    if (otherwise?.unless.every(at => this.#at(at).length === 0)) {
      for (const action of otherwise.actions) {
        this.#demands.push({ action, object: { kind: 'workspace' }, ...(otherwise.filtered && { filtered: true }) });
      }
    }
    for (const at of this.#use.onlyOverRest ?? []) {
      if (valuesAt(this.#args, at).length > 0) this.#refuse(`${at} is not taken here.`);
    }
  }

  #find({ at, kind }: ArgumentLocator): ObjectRef[] {
    return valuesAt(this.#args, at).flatMap(({ value, put }) => {
      if (value === 'self' && at === 'id') {
        // The person who connected the workspace.
        this.#demand(['people.read'], { kind: 'workspace' });
        return [];
      }
      const reference = readToolReference(value, kind);
      if (reference === null) {
        this.#refuse(`${at} must name one object of Notion's.`);
        return [];
      }
      put(reference.sent);
      return [{ kind: reference.kind, id: reference.id }];
    });
  }

  #demandAt({ at, actions, owned, fresh, alsoParent, movesUnder = [] }: ArgumentLocator): void {
    const [under] = movesUnder.flatMap(place => this.#at(place));
    const care = {
      ...(owned && { owned }),
      ...(fresh && { fresh }),
      ...(alsoParent && { alsoParent }),
      ...(movesUnder.length > 0 && { movesUnder: under ?? ({ kind: 'workspace' } as const) }),
    };
    for (const object of this.#at(at)) this.#demand(actions, object, care);
  }

  #demand(actions: readonly Action[], object: ObjectRef, care: Partial<Demand> = {}): void {
    for (const action of actions) this.#demands.push({ action, object, ...care });
  }

  escalate(): void {
    for (const { at, when, actions, on, fresh } of this.#use.escalations ?? []) {
      const holds = valuesAt(this.#args, at).some(({ value }) => {
        if (when === 'drop') return /\bdrop\b/i.test(String(value));
        return when === 'present' || (value !== false && value !== null);
      });
      if (holds) for (const object of this.#at(on)) this.#demand(actions, object, fresh ? { fresh } : {});
    }
  }

  /** References in texts: what Markdown mentions, what values and statements name, what SQL reads. */
  readTexts(): void {
    const { markdown = [], texts = [], statements = [], sql = [], writes = [] } = this.#use;
    for (const text of this.#texts(markdown)) this.#demands.push(...markdownReferences(text));
    for (const text of this.#texts(texts)) {
      const id = canonicalId(text.trim());
      for (const named of id === null ? idsInLink(text) : [id]) this.#demand(['read'], { kind: 'page', id: named });
    }
    for (const text of this.#texts(statements)) this.#readStatement(text);
    for (const text of this.#texts(sql)) this.#readSql(text);
    const names = writes.flatMap(at => valuesAt(this.#args, at)).flatMap(({ value }) => namesIn(value));
    const [first] = this.#demands;
    if (first !== undefined && names.length > 0) this.#demands[0] = { ...first, writes: names };
  }

  #readStatement(text: string): void {
    const ids = new Set(
      [...text.matchAll(/[0-9a-f][0-9a-f-]{30,}[0-9a-f]/gi)].flatMap(([run]) => canonicalId(run) ?? idsInLink(run)),
    );
    // A relation in both directions also adds a column to the table at its other end.
    const actions: readonly Action[] = /\bdual\b/i.test(text) ? ['read', 'manage'] : ['read'];
    for (const id of ids) this.#demand(actions, { kind: 'data_source', id });
  }

  #readSql(text: string): void {
    const tables = tablesInSql(text);
    if (tables === null) this.#refuse('The query must read "collection://…" tables alone, in one SELECT.');
    for (const id of tables ?? []) this.#demand(['read'], { kind: 'data_source', id });
  }

  #texts(paths: readonly string[]): string[] {
    return paths.flatMap(at => valuesAt(this.#args, at)).flatMap(({ value }) => stringsIn(value));
  }

  #at(at: string): readonly ObjectRef[] {
    return this.#objects.get(at) ?? [];
  }

  #refuse(message: string): void {
    this.#problem ??= invalid(message);
  }

  firstObject(): { readonly kind: string; readonly id: string } | null {
    const object = this.#demands.find(demand => 'id' in demand.object)?.object;
    return object !== undefined && 'id' in object ? { kind: object.kind, id: object.id } : null;
  }

  result(): { readonly demands: readonly Demand[]; readonly problem: Problem | null } {
    return { demands: this.#demands, problem: this.#problem };
  }
}

/** `date:Due:start` is a part of `Due`, and `userDefined:url` the property `url`. */
function namesIn(value: unknown): string[] {
  if (!isJsonObject(value)) return [anyProperty];
  return Object.keys(value).flatMap(key => {
    const name = /^date:(.+):(?:start|end|is_datetime)$/.exec(key)?.[1] ?? key;
    return [name, name.replace(/^userDefined:/i, '')];
  });
}

function invalid(message: string): Problem {
  return { code: 'validation_error', message };
}
