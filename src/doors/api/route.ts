import type { ZodType, z } from 'zod';
import type { Action } from '../../domain/action.ts';
import type { CommandContext } from '../../domain/operation.ts';

/**
 * What a route's caller must be allowed: an action, and on what. `membership` is open to every member, but a key that is
 * limited must be limited to `key` at least; `self` is closed to limited keys.
 */
export type RouteDemand =
  | { readonly on: 'workspace'; readonly action: Action }
  | { readonly on: 'deployment'; readonly action: Action }
  | { readonly on: 'membership'; readonly key: Action }
  | { readonly on: 'self' };

/**
 * One row of the admin API. The door derives from it the HTTP route, the operation that the gateway decides, the
 * validation of the request and the OpenAPI description. `run` stands where `forward` stands for a call to Notion: it
 * is reached only after the decision was allowed and its intent is durable.
 *
 * A route whose path has `:workspace` is decided in that workspace.
 */
export interface ApiRoute<
  Params extends ZodType = ZodType,
  Query extends ZodType = ZodType,
  Body extends ZodType = ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: `/api/${string}`;
  /** The operation's name in the log: `members.add`. */
  readonly name: string;
  readonly summary: string;
  readonly demand: RouteDemand;
  /** Must be allowed too. */
  readonly also?: RouteDemand;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Status of success; 200 unless it says otherwise. */
  readonly status?: number;
  /** Answers with a value that JSON can hold, or with a `Download`. Throws `PortcullisError`. */
  run(
    input: { params: z.infer<Params>; query: z.infer<Query>; body: z.infer<Body> },
    context: CommandContext,
  ): Promise<unknown>;
}

/** Checks a row against its own schemas; a list of rows forgets them. */
export function apiRoute<Params extends ZodType, Query extends ZodType, Body extends ZodType>(
  row: ApiRoute<Params, Query, Body>,
): ApiRoute {
  return row;
}
