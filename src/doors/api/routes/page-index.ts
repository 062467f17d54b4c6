import { z } from 'zod';
import { principalIdOf } from '../../../domain/principal.ts';
import { type DiscoverPages, type PageIndexCare, pageFreshnessSeconds } from '../../../policy/page-index-care.ts';
import { workspaceOf } from '../in-workspace.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { list, time } from '../shapes/values.ts';

export interface PageIndexRouteParts {
  readonly care: PageIndexCare;
  readonly discover: DiscoverPages;
}

const path = '/api/workspaces/:workspace/page-index';
const mayGrant = { on: 'workspace', action: 'grants' } as const;
const { min, max } = pageFreshnessSeconds;

const freshnessSeconds = z
  .int()
  .min(min)
  .max(max)
  .describe('How old what is known of where an object stands may be, where a decision depends on it.');

const pageIndexAnswer = z
  .object({
    freshnessSeconds,
    counts: list(z.object({ kind: z.string(), count: z.int() })).describe('Objects that are known, by their kind.'),
    oldest: time.nullable().describe('When the page or database was shown that was shown the longest ago.'),
  })
  .meta({ id: 'PageIndexState' });

const discoveryStep = z
  .object({
    found: z.int().describe('Objects that search showed.'),
    placed: z.int().describe('Those of them of which it is known where they stand, up to the top.'),
    nextCursor: z.string().nullable().describe('Where the next step goes on; null at the end.'),
  })
  .meta({ id: 'PageDiscoveryStep' });

/** What is known about the places of a workspace's pages. */
export function pageIndexRoutes({ care, discover }: PageIndexRouteParts): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path,
      name: 'page_index.read',
      answer: pageIndexAnswer,
      summary: 'What is known of where pages stand, and how old it may be',
      demand: mayGrant,
      run: (_, context) => care.state(workspaceOf(context)),
    }),
    apiRoute({
      method: 'PUT',
      path,
      name: 'page_index.set',
      answer: pageIndexAnswer,
      summary: 'Set how old what is known of where pages stand may be',
      demand: mayGrant,
      body: z.strictObject({ freshnessSeconds }),
      async run({ body }, context) {
        const workspaceId = workspaceOf(context);
        const { caller, clientAddress, requestId } = context;
        const principalId = principalIdOf(caller);
        await care.setFreshness(workspaceId, body.freshnessSeconds, {
          ...{
            name: 'page_index.freshness_set',
            workspaceId,
            principalId,
            result: 'success',
            clientAddress,
            requestId,
          },
          detail: { before: (await care.state(workspaceId)).freshnessSeconds, after: body.freshnessSeconds },
        });
        return care.state(workspaceId);
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${path}/rebuild`,
      name: 'page_index.rebuild',
      answer: discoveryStep,
      summary: "Ask Notion's search for a hundred objects more, and for what stands above them",
      demand: mayGrant,
      body: z.strictObject({
        cursor: z.string().max(4_096).optional().describe('`nextCursor` of the step before.'),
      }),
      async run({ body }, context) {
        const { next, ...step } = await discover(workspaceOf(context), body.cursor ?? null, context);
        return { ...step, nextCursor: next };
      },
    }),
  ];
}
