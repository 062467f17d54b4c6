import type { ZodType, z } from 'zod';
import type { Answer, Operation } from '../../domain/operation.ts';
import type { ApiRoute } from './route.ts';

/** Carries one Notion operation along the path on behalf of the route's caller. Throws `PortcullisError`. */
export type Pass = (operation: Operation) => Promise<Answer>;

/**
 * A row of the admin API about content in Notion. The row itself decides nothing and runs nothing. It is made of Notion
 * operations from the operation table, and each goes through the gateway as a call of its own. So the policy decides
 * here as at the REST door, and each call is in the log.
 *
 * The workspace is the key's, or for a session the one of `:workspace` in the path or of `?workspace=`.
 */
export interface ContentRoute<
  Params extends ZodType = ZodType,
  Query extends ZodType = ZodType,
  Body extends ZodType = ZodType,
> extends Omit<ApiRoute<Params, Query, Body>, 'demand' | 'run'> {
  /** Returns a value that JSON can hold. */
  perform(
    input: { params: z.infer<Params>; query: z.infer<Query>; body: z.infer<Body> },
    pass: Pass,
    signal: AbortSignal,
  ): Promise<unknown>;
}
