import { z } from 'zod';
import { type Discovered, type DiscoveryPoint, discover, type Search } from '../../notion/discover.ts';
import { notionOperation } from '../../notion/notion-operation.ts';
import type { ContentRoute, Pass } from './content-route.ts';
import { workspaceParameter } from './in-workspace.ts';
import { passDiagnosed } from './pass-diagnosed.ts';
import { discoveryAnswer } from './shapes/content.ts';

/** Searches that one request may cost. Each is a call of the caller's, and counts against Notion's limits. */
const searchesMax = 10;
const limitMax = 500;

const types = ['page', 'data_source'] as const;
type DiscoveredType = (typeof types)[number];

interface Bookmark extends DiscoveryPoint {
  readonly type: DiscoveredType | null;
}

const bookmark = z.strictObject({
  cursor: z.string().max(4_096).nullable(),
  skip: z.number().int().min(0).max(100),
  type: z.enum(types).nullable(),
});

const cursor = z
  .string()
  .max(8_192)
  .transform((text, context): Bookmark => {
    const read = bookmark.safeParse(parse(Buffer.from(text, 'base64url').toString()));
    if (read.success) return read.data;
    context.addIssue({ code: 'custom', message: 'Expected `nextCursor` of an earlier answer.' });
    return z.NEVER;
  });

const discoverQuery = z
  .strictObject({
    workspace: workspaceParameter,
    cursor: cursor.optional().describe('`nextCursor` of the answer before.'),
    limit: z.coerce.number().int().min(1).max(limitMax).default(100).describe('Most objects in the answer.'),
    type: z.enum(types).optional().describe('Only objects of this type.'),
  })
  .refine(query => query.cursor === undefined || query.cursor.type === (query.type ?? null), {
    message: 'The cursor belongs to a discovery of another type.',
    path: ['cursor'],
  });

/**
 * What search finds in a workspace. It is called "discovered", because search does not list everything that is shared.
 */
export const discoverRoutes: ContentRoute[] = [
  {
    method: 'GET',
    path: '/api/discover',
    name: 'discover',
    answer: discoveryAnswer,
    summary: 'Pages and data sources that the connection can see, as search finds them',
    query: discoverQuery,
    async perform({ query }, pass, signal) {
      const { limit, type = null, cursor: from = null } = query;
      const iterator = discover({ search: searchThrough(pass, type), itemsMax: limit, searchesMax, from, signal });
      const items: Discovered[] = [];
      for (;;) {
        const step = await iterator.next();
        if (!step.done) {
          items.push(step.value);
          continue;
        }
        const { why, next } = step.value;
        return { items, nextCursor: next && encode({ ...next, type }), complete: why === 'complete' };
      }
    },
  } satisfies ContentRoute<z.ZodType, typeof discoverQuery>,
] as ContentRoute[];

const searchAnswer = z.looseObject({
  results: z.array(z.unknown()),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});

function searchThrough(pass: Pass, type: DiscoveredType | null): Search {
  return async (start, pageSize) => {
    const operation = notionOperation('POST', '/v1/search', {
      page_size: pageSize,
      ...(start !== null && { start_cursor: start }),
      ...(type !== null && { filter: { property: 'object', value: type } }),
    });
    const answer = searchAnswer.parse(await passDiagnosed(pass, operation, 'workspace'));
    return { results: answer.results, hasMore: answer.has_more, nextCursor: answer.next_cursor };
  };
}

function encode(point: Bookmark): string {
  return Buffer.from(JSON.stringify(point)).toString('base64url');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
