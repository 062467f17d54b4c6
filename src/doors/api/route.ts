import type { ZodObject, ZodType, z } from 'zod';
import type { Action } from '../../domain/action.ts';
import type { AgentId, KeyId, PrincipalId } from '../../domain/ids.ts';
import type { CommandContext, Demand } from '../../domain/operation.ts';
import type { Download } from './download.ts';
import type { Tagged } from './tagged.ts';

/**
 * What a route's caller must be allowed: an action, and on what. `membership` is open to every member, but a key that is
 * limited must be limited to `key` at least; `self` is closed to limited keys; a `key` or an `agent` is open to those who
 * own it, and to those who hold the action. What the rest means is said at `Demand`.
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

/** Demands that follow from what is asked for. */
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
  /** The shape of what it answers with; null for nothing at all; `file` for a `Download`. */
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
