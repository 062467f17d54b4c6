import type { Capabilities, ContentCapability, Installation } from '../world/connections.ts';
import type { World } from '../world/world.ts';
import { missingCapability } from './errors.ts';
import { looseObject, object, type Read, readInput, type Shape } from './shape.ts';
import { isSince, type Version } from './versions.ts';

/** One authenticated REST call. */
export interface Call {
  readonly world: World;
  readonly caller: Installation;
  readonly version: Version;
  /** The origin of this emulator; absolute URLs in answers start with it. */
  readonly baseUrl: string;
  /** How far search lags behind. */
  readonly searchDelayMs: number;
}

/** The parts of a request as they came in: strings, and unchecked JSON. */
export interface Unread {
  readonly params: Record<string, string>;
  readonly query: Record<string, string | string[]>;
  readonly body: unknown;
}

/** An answer that is not simply a 200 with its `request_id`. */
export class Reply {
  readonly status: number;
  readonly body: object;
  /** Whether the body ends with a `request_id`, as all but one kind of answer do. */
  readonly identified: boolean;
  constructor(status: number, body: object, identified = true) {
    this.status = status;
    this.body = body;
    this.identified = identified;
  }
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
export type Need = ContentCapability | 'user_information';

/** A row of the REST surface. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly needs: Need | null;
  /** First version that has the route. */
  readonly since: Version | null;
  /** First version that no longer has it. */
  readonly until: Version | null;
  /** The body is multipart/form-data and is handed over as `FormData`. */
  readonly multipart: boolean;
  run(call: Call, unread: Unread): object | Promise<object>;
}

interface Input<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

interface Spec<P extends Shape<unknown>, Q extends Shape<unknown>, B extends Shape<unknown>> {
  readonly needs?: Need | undefined;
  readonly since?: Version;
  readonly until?: Version;
  readonly multipart?: boolean;
  readonly params?: P;
  readonly query?: Q;
  /** A function where the fields depend on the version. */
  readonly body?: B | ((version: Version) => B);
  handle(call: Call, input: Input<Read<P>, Read<Q>, Read<B>>): object | Promise<object>;
}

const NOTHING = object({});
type Nothing = typeof NOTHING;
const ANY_QUERY = looseObject({});

/** Declares a route. Checks run in Notion's order: path, query and body, then the capability, then the lookup. */
export function route<
  P extends Shape<unknown> = Nothing,
  Q extends Shape<unknown> = Nothing,
  B extends Shape<unknown> = Nothing,
>(method: Method, path: string, spec: Spec<P, Q, B>): Route {
  return {
    method,
    path,
    needs: spec.needs ?? null,
    since: spec.since ?? null,
    until: spec.until ?? null,
    multipart: spec.multipart ?? false,
    run(call, unread) {
      const bodyShape = typeof spec.body === 'function' ? spec.body(call.version) : spec.body;
      const input = {
        params: readInput(spec.params ?? NOTHING, unread.params, 'path'),
        query: readInput(spec.query ?? ANY_QUERY, unread.query, 'query'),
        body: spec.multipart ? unread.body : readInput(bodyShape ?? NOTHING, unread.body, 'body'),
      } as Input<Read<P>, Read<Q>, Read<B>>;
      if (spec.needs !== undefined) requireCapability(call.caller.capabilities, spec.needs);
      return spec.handle(call, input);
    },
  };
}

function requireCapability(capabilities: Capabilities, need: Need): void {
  const has = need === 'user_information' ? capabilities.user_information !== 'none' : capabilities[need];
  if (!has) throw missingCapability();
}

export interface Match {
  readonly route: Route;
  readonly params: Record<string, string>;
}

/** Finds the route of a request; rows that the version lacks come back as well, for the caller to refuse. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => readonly Match[] {
  const byShape = new Map<string, { route: Route; segments: string[] }[]>();
  for (const one of routes) {
    const segments = one.path.split('/').slice(1);
    const key = `${one.method} ${segments.length}`;
    byShape.set(key, [...(byShape.get(key) ?? []), { route: one, segments }]);
  }
  // Literal segments win over parameters: /users/me before /users/:user_id.
  for (const list of byShape.values()) list.sort((a, b) => parameters(a.segments) - parameters(b.segments));
  return (method, path) => {
    const actual = path.split('/').slice(1);
    const matches: Match[] = [];
    for (const { route: one, segments } of byShape.get(`${method} ${actual.length}`) ?? []) {
      const params = matchSegments(segments, actual);
      if (params !== null) matches.push({ route: one, params });
    }
    return matches;
  };
}

/** Whether a version has the route. */
export function available(one: Route, version: Version): boolean {
  if (one.since !== null && !isSince(version, one.since)) return false;
  return one.until === null || !isSince(version, one.until);
}

function parameters(segments: readonly string[]): number {
  return segments.filter(segment => segment.startsWith(':')).length;
}

function matchSegments(pattern: readonly string[], actual: readonly string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (let index = 0; index < pattern.length; index += 1) {
    const want = pattern[index] ?? '';
    const have = actual[index] ?? '';
    if (!want.startsWith(':')) {
      if (want !== have) return null;
      continue;
    }
    const decoded = have === '' ? null : decode(have);
    if (decoded === null) return null;
    params[want.slice(1)] = decoded;
  }
  return params;
}

function decode(segment: string): string | null {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
