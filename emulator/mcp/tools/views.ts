import { z } from 'zod';
import { invalid } from '../../http/errors.ts';
import type { Call } from '../../http/route.ts';
import { findView, VIEW_TYPES } from '../../rest/views.ts';
import { idOf } from '../reference.ts';
import { rest } from '../rest-call.ts';
import { viewText } from '../text/database-text.ts';
import { CREATE, type Tool, tool } from './tool.ts';

const configure = z.string().optional().describe('SORT BY "Due" ASC; SORT BY "Name" DESC; CLEAR SORT');

export const viewTools: readonly Tool[] = [
  tool('notion-create-view', {
    title: 'Create view',
    description: 'Add a view of a data source to a database, or to a page as a linked database.',
    annotations: CREATE,
    input: z.object({
      database_id: z.string().optional(),
      parent_page_id: z.string().optional(),
      data_source_id: z.string(),
      name: z.string(),
      type: z.enum(VIEW_TYPES),
      configure,
    }),
    async run(call, args) {
      if ((args.database_id === undefined) === (args.parent_page_id === undefined)) {
        throw invalid('Provide exactly one of database_id and parent_page_id');
      }
      const body = {
        data_source_id: idOf(args.data_source_id),
        name: args.name,
        type: args.type,
        ...(args.database_id === undefined
          ? { create_database: { parent: { page_id: idOf(args.parent_page_id ?? '') } } }
          : { database_id: idOf(args.database_id) }),
        ...rules(args.configure),
      };
      const made = await rest(call, 'POST', '/v1/views', { body });
      return shown(call, 'Created', String(made.id));
    },
  }),
  tool('notion-update-view', {
    title: 'Update view',
    description: 'Rename a view or change how it sorts.',
    // Changing a view destroys nothing, says Notion.
    annotations: CREATE,
    input: z.object({ view_id: z.string(), name: z.string().optional(), configure }),
    async run(call, { view_id: viewId, name, configure: change }) {
      const id = idOf(viewId);
      await rest(call, 'PATCH', `/v1/views/${id}`, { body: { name, ...rules(change) } });
      return shown(call, 'Updated', id);
    },
  }),
];

function shown(call: Call, verb: string, id: string): object {
  return { result: `${verb} view: ${viewText(findView(call, id))}` };
}

/** The part of the configuration language that the emulator knows; the rest is refused rather than ignored. */
function rules(text: string | undefined): { sorts?: object[] } {
  const directives = (text ?? '').split(';').map(part => part.trim());
  const sorts: object[] = [];
  let cleared = false;
  for (const directive of directives) {
    if (directive === '') continue;
    const sort = /^SORT BY "([^"]+)"(?: (ASC|DESC))?$/i.exec(directive);
    if (sort !== null) {
      const direction = sort[2]?.toUpperCase() === 'DESC' ? 'descending' : 'ascending';
      sorts.push({ property: sort[1], direction });
    } else if (/^CLEAR SORT$/i.test(directive)) cleared = true;
    else throw invalid(`Unsupported view directive: ${directive}`);
  }
  return sorts.length > 0 || cleared ? { sorts } : {};
}
