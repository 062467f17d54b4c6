import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PortcullisError } from '../../domain/errors.ts';

/** The most results of one answer, for every requested number. */
const resultsMax = 500;

/** What a search of AuthZEN takes to go through its results: a limit, and the token of the answer before. */
export const searchPage = z
  .object({
    token: z.string().max(1_000).optional(),
    limit: z.int().min(1).optional().describe(`At most ${resultsMax}, which is also what is given without one.`),
    properties: z.record(z.string(), z.unknown()).optional(),
  })
  .optional();
type SearchPage = z.infer<typeof searchPage>;

export const answeredPage = z
  .object({
    next_token: z.string().describe('Empty: these are the last.'),
    count: z.int().describe('How many results are in this answer.'),
  })
  .meta({ id: 'AuthZenPage' });

/** The point from which a search goes on, and the number of its results. */
export interface SearchPlace {
  /** What stood last in the answer before; null: it begins. */
  readonly after: string | null;
  readonly limit: number;
  /** The part `page` of an answer. @param last what stands last in it, if there is more after that */
  answered(count: number, last: string | null): z.infer<typeof answeredPage>;
}

/**
 * Reads the page that a search asks for. A token belongs to one search: with another one it is an error.
 *
 * @param search the request without its page
 */
export function searchPlace(page: SearchPage, search: unknown): SearchPlace {
  const of = createHash('sha256').update(JSON.stringify(search)).digest('base64url').slice(0, 22);
  return {
    after: page?.token === undefined || page.token === '' ? null : readToken(page.token, of),
    limit: Math.min(page?.limit ?? resultsMax, resultsMax),
    answered: (count, last) => ({ next_token: last === null ? '' : `${of}.${last}`, count }),
  };
}

function readToken(token: string, of: string): string {
  const begins = `${of}.`;
  if (!token.startsWith(begins) || token.length === begins.length)
    throw new PortcullisError('validation_error', 'page.token is none of this search.');
  return token.slice(begins.length);
}
