import { z } from 'zod';
import { PortcullisError } from '../../../domain/errors.ts';
import { judgementReasons } from '../../../domain/policy-snapshot.ts';
import { principalIdOf } from '../../../domain/principal.ts';
import { pagesBelow } from '../../../policy/page-access.ts';
import type { PageChildren } from '../../../policy/page-children.ts';
import type { Questions } from '../../../policy/questions.ts';
import { pathView } from '../explanation-view.ts';
import { notionId, principalId } from '../fields.ts';
import { workspaceOf } from '../in-workspace.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { pathElement } from '../shapes/questions.ts';
import { list } from '../shapes/values.ts';

const container = {
  kind: z.enum(['page', 'database', 'data_source']),
  id: z.string(),
  title: z.string(),
  hasChildren: z.boolean(),
};

const pagesAnswer = z
  .object({
    path: list(pathElement).describe('From the parent to the top.'),
    pages: list(
      z
        .object({
          ...container,
          actions: list(z.string()).describe('What they may do here.'),
          effect: z.enum(['allow', 'deny']).describe('Of reading.'),
          because: z.enum(judgementReasons),
          grants: list(z.string()).describe('The grants that decide about reading.'),
        })
        .meta({ id: 'PageAccess' }),
    ),
    total: z.int().nullable().describe('Null for readers who may not see everything.'),
  })
  .meta({ id: 'PageAccessList' });

/** The pages of a workspace as a tree, with what a principal may do on each. */
export function pageAccessRoutes(parts: { questions: Questions; children: PageChildren }): ApiRoute[] {
  const { questions, children } = parts;
  return [
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace/pages',
      name: 'pages.access',
      answer: pagesAnswer,
      summary: 'The known pages below a page, with what a principal may do there',
      demand: { on: 'membership', key: 'read' },
      also: {
        says: 'Only callers who may change permissions see the access of others.',
        of: ({ query }) => (query.principal === undefined ? [] : [{ on: 'workspace', action: 'grants' }]),
      },
      query: z.strictObject({
        parent: notionId.optional().describe('Left out: what stands at the top.'),
        principal: principalId.optional().describe('Yourself unless given.'),
        offset: z.coerce.number().int().min(0).default(0),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
      run: async ({ query }, context) => {
        const workspaceId = workspaceOf(context);
        const questioned = await questions.ask(context, workspaceId);
        const { parent: parentId = null, offset, limit } = query;
        const principal = query.principal ?? principalIdOf(context.caller);
        if (principal === null) throw new PortcullisError('not_found', 'There is no such workspace.');
        const found = await pagesBelow(children, questioned, workspaceId, { parentId, principal, offset, limit });
        return { path: await pathView(questioned, found.parent), pages: found.pages, total: found.total };
      },
    }),
  ];
}
