import { z } from 'zod';
import { invalid } from '../../http/errors.ts';
import type { Call } from '../../http/route.ts';
import { findDatabase, findDataSource, findPage, firstDataSource } from '../../rest/lookup.ts';
import type { DataSourceNode, Teamspace } from '../../world/records.ts';
import { addressOf, idOf } from '../reference.ts';
import { rest } from '../rest-call.ts';
import { propertyInputs } from '../text/property-inputs.ts';
import { iconInput } from './icon.ts';
import { markSkill } from './skills.ts';
import { joinedTeam } from './teams.ts';
import { CREATE, databaseParent, dataSourceParent, pageParent, type Tool, tool } from './tool.ts';

/** A flat property value; see the schema of the data source for what fits. */
export const flatValues = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.union([z.string(), z.number()]))]),
);

const newPage = z.object({
  properties: flatValues.optional(),
  content: z.string().optional().describe('Enhanced Markdown'),
  template_id: z.string().optional(),
  icon: z.string().optional(),
  cover: z.string().optional(),
  is_skill: z.boolean().optional(),
});
const teamParent = z.object({ teamspace_id: z.string(), type: z.literal('teamspace_id').optional() });

const input = z.object({
  parent: z.union([pageParent, databaseParent, dataSourceParent, teamParent]).optional(),
  creation_mode: z.enum(['draft', 'publish']).optional(),
  pages: z.array(newPage).min(1).max(100),
  allow_async: z.boolean().optional(),
});
type Parent = z.infer<typeof input>['parent'];

export const createPagesTool: Tool = tool('notion-create-pages', {
  title: 'Create pages',
  description:
    'Create one or more pages below a page or in a data source. Without a parent they become private pages of the person.',
  annotations: CREATE,
  input,
  async run(call, { parent, pages, allow_async: asynchronous }) {
    const place = parentOf(call, parent);
    const made: object[] = [];
    for (const page of pages) made.push(await createPage(call, place, page));
    return asynchronous === true ? finishedTask(call, { pages: made }) : { pages: made };
  },
});

interface Place {
  readonly team: Teamspace | null;
  readonly parent: object | undefined;
  readonly source: DataSourceNode | null;
}

function parentOf(call: Call, parent: Parent): Place {
  const nowhere = { parent: undefined, source: null, team: null };
  if (parent === undefined) return nowhere;
  if ('teamspace_id' in parent) return { ...nowhere, team: joinedTeam(call, parent.teamspace_id) };
  if ('page_id' in parent) return { ...nowhere, parent: { page_id: idOf(parent.page_id) } };
  if ('database_id' in parent) {
    const database = findDatabase(call, idOf(parent.database_id));
    if (database.dataSources.length > 1) {
      throw invalid('Databases with multiple data sources are not supported: use data_source_id.');
    }
    const source = firstDataSource(call, database);
    return { ...nowhere, parent: { data_source_id: source.id }, source };
  }
  const source = findDataSource(call, idOf(parent.data_source_id));
  return { ...nowhere, parent: { data_source_id: source.id }, source };
}

async function createPage(call: Call, { parent, source, team }: Place, page: z.infer<typeof newPage>): Promise<object> {
  const properties = page.properties ?? {};
  const body = {
    parent,
    properties: propertyInputs(source, properties),
    ...(page.content === undefined || page.content === '' ? {} : { markdown: page.content }),
    ...(page.template_id === undefined
      ? {}
      : { template: { type: 'template_id', template_id: idOf(page.template_id) } }),
    ...(page.icon === undefined ? {} : { icon: iconInput(page.icon) }),
    ...(page.cover === undefined ? {} : { cover: { type: 'external', external: { url: page.cover } } }),
  };
  const made = await rest(call, 'POST', '/v1/pages', { body });
  const id = String(made.id);
  if (team !== null) openTo(call, id, team);
  if (page.is_skill === true) markSkill(call, id, true);
  return { id, url: addressOf(id), properties };
}

/** What was made as the person's own stands at the top of the teamspace from now on. */
function openTo(call: Call, pageId: string, team: Teamspace): void {
  findPage(call, pageId).privateTo = null;
  call.world.teamspaceOf.set(pageId, team.id);
}

/** A task that is finished before the first poll; the work itself was done at once. */
function finishedTask(call: Call, result: object): object {
  const id = `task_${call.world.ids.uuid().replaceAll('-', '')}`;
  call.world.asyncTasks.set(id, {
    id,
    botId: call.caller.botId,
    createdAt: call.world.clock.now(),
    operation: 'notion-create-pages',
    pollsLeft: 1,
    result: JSON.parse(JSON.stringify(result)),
  });
  return { task_id: id, status: 'queued' };
}
