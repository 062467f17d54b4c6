import type { ZodObject, ZodType, z } from 'zod';
import type { Action } from '../../domain/action.ts';
import type { AgentId, KeyId, PrincipalId } from '../../domain/ids.ts';
import type { CommandContext, Demand } from '../../domain/operation.ts';
import type { Download } from './download.ts';
import type { Tagged } from './if-match.ts';

/**
 * The demand of a route: an action, and its object. `membership` is open to every member, but the limit of a key must
 * include `key`. `self` is closed to limited keys. A `key` or an `agent` is open to its owner, and to callers with the
 * action. `Demand` explains the rest.
 */
export type RouteDemand =
  | ({ readonly on: 'workspace' | 'deployment'; readonly action: Action } & Pick<Demand, 'by' | 'gives'>)
  | ({ readonly on: 'membership'; readonly key: Action } & Pick<Demand, 'keyNames' | 'heldBy' | 'gives'>)
  | { readonly on: 'key'; readonly id: KeyId; readonly action: Action }
  | { readonly on: 'agent'; readonly id: AgentId; readonly action: Action }
  | { readonly on: 'principal'; readonly id: PrincipalId; readonly action: Action }
  | ({ readonly on: 'self' } & Pick<Demand, 'by'>);

/** What a row says about its answer. */
export type RouteAnswer = ZodType | null | 'file';

type OfShape<A extends ZodType> = z.output<A> | Tagged<z.output<A>>;

// biome-ignore lint/suspicious/noConfusingVoidType: a command without an answer ends without a value.
type Answered<A extends RouteAnswer> = A extends ZodType ? OfShape<A> : A extends null ? void : Download;

/** Demands that depend on the content of the request. */
export interface FurtherDemands<Given> {
  /** For the description of the API: one sentence. */
  readonly says: string;
  of(input: Given): readonly RouteDemand[];
}

interface Given<Params extends ZodType, Query extends ZodType, Body extends ZodType> {
  readonly params: z.infer<Params>;
  readonly query: z.infer<Query>;
  readonly body: z.infer<Body>;
  /** Those that the row names; a value that is missing is undefined. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * One row of the admin API. From it the door derives the HTTP route, the operation that the gateway decides, the
 * validation of the request and the OpenAPI description. `run` takes the place of `forward`: it runs only after the
 * call was allowed and its intent is durable.
 *
 * A route whose path has `:workspace` is decided in that workspace.
 */
export interface ApiRoute<
  Params extends ZodType = ZodType,
  Query extends ZodType = ZodType,
  Body extends ZodType = ZodType,
  Answer extends RouteAnswer = RouteAnswer,
> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: `/api/${string}` | `/access/${string}`;
  /** The operation's name in the log: `members.add`. */
  readonly name: string;
  readonly summary: string;
  readonly demand: RouteDemand;
  /** Must be allowed too. */
  readonly also?: FurtherDemands<Given<Params, Query, Body>>;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Headers of the request that it looks at, by lower-case name. */
  readonly headers?: ZodObject;
  /** The body may also be YAML. */
  readonly yaml?: true;
  /** Status of success: 200 unless it says otherwise, and 204 without an answer. */
  readonly status?: number;
  /** The shape of the answer; null for an empty answer; `file` for a `Download`. */
  readonly answer: Answer;
  /** Content types of an answer that is a file. */
  readonly fileTypes?: readonly string[];
  /** Throws `PortcullisError`. */
  run(input: Given<Params, Query, Body>, context: CommandContext): Promise<Answered<Answer>>;
}

/** Checks a row against its own schemas; a list of rows forgets them. */
export function apiRoute<
  Params extends ZodType,
  Query extends ZodType,
  Body extends ZodType,
  const Answer extends RouteAnswer,
>(row: ApiRoute<Params, Query, Body, Answer>): ApiRoute {
  return row as unknown as ApiRoute;
}
