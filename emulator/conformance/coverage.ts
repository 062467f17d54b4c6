import { restRoutes } from '../rest/routes.ts';
import { type Example, examples } from './examples.ts';

/** What a route is tested for; a sentence says why there is nothing to test. */
export type Cell = 'tested' | 'takes no input' | 'needs no capability' | 'names no object';

/** One route of the coverage table: endpoint by {success, validation error, 403, 404}. */
export interface Coverage {
  /** As in the route table: `GET /v1/pages/:page_id`. */
  readonly route: string;
  readonly success: Cell;
  readonly input: Cell;
  readonly capability: Cell;
  readonly lookup: Cell;
}

/** The coverage table. The test of every route does what it says, so that it cannot promise more than is tested. */
export const coverage: readonly Coverage[] = restRoutes.map(({ method, path, needs }) => {
  const example = exampleOf(`${method} ${path}`);
  return {
    route: example.route,
    success: 'tested',
    input: example.input === false ? 'takes no input' : 'tested',
    capability: needs === null ? 'needs no capability' : 'tested',
    lookup: example.lookup === false ? 'names no object' : 'tested',
  };
});

/** @throws Error where a route has no example: the table has no holes. */
function exampleOf(route: string): Example {
  const example = examples.find(one => one.route === route);
  if (example === undefined) throw new Error(`there is no example of ${route}`);
  return example;
}
