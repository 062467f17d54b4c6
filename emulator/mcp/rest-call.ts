import { invalidRequestUrl } from '../http/errors.ts';
import { type Call, createRouter, type Method, Reply } from '../http/route.ts';
import { restRoutes } from '../rest/routes.ts';

const find = createRouter(restRoutes);

/**
 * Runs a REST route as the caller, with its validation and its refusals: most tools are the REST API in other words.
 * @throws ApiError as the route would
 */
export async function rest(
  call: Call,
  method: Method,
  path: string,
  input: { query?: Record<string, string>; body?: object } = {},
): Promise<Record<string, unknown>> {
  const match = find(method, path)[0];
  // An argument that is part of the path can make it one that does not exist.
  if (match === undefined) throw invalidRequestUrl();
  // What a client would have sent, so that `undefined` means absent.
  const body: unknown = JSON.parse(JSON.stringify(input.body ?? {}));
  const result = await match.route.run(call, { params: match.params, query: input.query ?? {}, body });
  return { ...(result instanceof Reply ? result.body : result) };
}
