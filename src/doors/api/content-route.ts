import type { ZodType, z } from 'zod';
import type { Answer, Operation } from '../../domain/operation.ts';
import type { ApiRoute } from './route.ts';

/** Carries one Notion operation along the path on behalf of the route's caller. Throws `PortcullisError`. */
export type Pass = (operation: Operation) => Promise<Answer>;

/**
 * A row of the admin API about content in Notion. It decides nothing and runs nothing by itself: it is made of Notion
 * operations from the operation table, each of which goes through the gateway as a call of its own, so the same row
 * decides here as at the REST door, and each is in the log.
 *
 * The workspace is that of the key, or for a session `:workspace` in the path or `?workspace=`.
 */
export interface ContentRoute<
  Params extends ZodType = ZodType,
  Query extends ZodType = ZodType,
  Body extends ZodType = ZodType,
> extends Omit<ApiRoute<Params, Query, Body>, 'demand' | 'run'> {
  /** Answers with a value that JSON can hold. */
  perform(
    input: { params: z.infer<Params>; query: z.infer<Query>; body: z.infer<Body> },
    pass: Pass,
    signal: AbortSignal,
  ): Promise<unknown>;
}
