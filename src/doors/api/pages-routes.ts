import { z } from 'zod';
import { PortcullisError } from '../../domain/errors.ts';
import { notionOperation } from '../../notion/notion-operation.ts';
import type { ContentRoute, Pass } from './content-route.ts';
import { workspaceParameter } from './in-workspace.ts';
import { notionId, type PageParent, pageBody } from './page-body.ts';
import { passDiagnosed } from './pass-diagnosed.ts';
import { pageAnswer } from './shapes/content.ts';

const inWorkspace = z.strictObject({ workspace: workspaceParameter });
const pageParams = z.strictObject({ id: notionId });

/** Reading and creating pages, with a diagnosis instead of Notion's bare code when it does not work. */
export const pagesRoutes: ContentRoute[] = [
  {
    method: 'GET',
    path: '/api/pages/:id',
    name: 'pages.get',
    answer: pageAnswer,
    summary: 'A page, or why it cannot be had and what to do about it',
    params: pageParams,
    query: inWorkspace,
    async perform({ params }, pass) {
      return { page: await passDiagnosed(pass, notionOperation('GET', `/v1/pages/${params.id}`), 'page') };
    },
  } satisfies ContentRoute<typeof pageParams, typeof inWorkspace>,
  {
    method: 'POST',
    path: '/api/pages',
    name: 'pages.create',
    answer: pageAnswer,
    summary: 'Create a page under a page or in a data source',
    query: inWorkspace,
    body: pageBody,
    status: 201,
    async perform({ body }, pass) {
      const parent = await usableParent(body.parent, pass);
      const operation = notionOperation('POST', '/v1/pages', { ...body, parent });
      return { page: await passDiagnosed(pass, operation, 'parent') };
    },
  } satisfies ContentRoute<z.ZodType, typeof inWorkspace, typeof pageBody>,
] as ContentRoute[];

const parentFacts = z.looseObject({
  in_trash: z.boolean().optional(),
  data_sources: z.array(z.looseObject({ id: z.string() })).optional(),
});

/**
 * The parent as Notion shall get it, after looking whether it is there and not in the trash. A database is replaced by
 * its data source: since version 2025-09-03 it is a data source that holds pages (defect A26).
 */
async function usableParent(parent: PageParent, pass: Pass): Promise<PageParent> {
  const { path, subject } = placeOf(parent);
  const facts = parentFacts.parse(await passDiagnosed(pass, notionOperation('GET', path), subject));
  if (facts.in_trash === true) throw new PortcullisError('validation_error', `The ${subject} is in the trash.`);
  if (!('database_id' in parent)) return parent;
  const [only, ...others] = facts.data_sources ?? [];
  if (only === undefined || others.length > 0) {
    const message = 'The parent database does not have exactly one data source: name the data source instead.';
    throw new PortcullisError('validation_error', message);
  }
  return { data_source_id: only.id };
}

function placeOf(parent: PageParent): { path: `/v1/${string}`; subject: string } {
  if ('page_id' in parent) return { path: `/v1/pages/${parent.page_id}`, subject: 'parent page' };
  if ('data_source_id' in parent) {
    return { path: `/v1/data_sources/${parent.data_source_id}`, subject: 'parent data source' };
  }
  return { path: `/v1/databases/${parent.database_id}`, subject: 'parent database' };
}
