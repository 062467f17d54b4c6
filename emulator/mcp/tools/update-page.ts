import { z } from 'zod';
import { invalid } from '../../http/errors.ts';
import type { Call } from '../../http/route.ts';
import { findPage } from '../../rest/lookup.ts';
import { renderMarkdown } from '../../rest/markdown-render.ts';
import type { PageNode } from '../../world/records.ts';
import { dataSourceOfRow } from '../../world/tree.ts';
import { idOf } from '../reference.ts';
import { rest } from '../rest-call.ts';
import { propertyInputs } from '../text/property-inputs.ts';
import { iconInput } from './icon.ts';
import { flatValues } from './pages.ts';
import { markSkill } from './skills.ts';
import { CHANGE, type Tool, tool } from './tool.ts';

const COMMANDS = [
  'update_properties',
  'update_content',
  'replace_content',
  'replace_content_range',
  'insert_content',
  'insert_content_after',
  'apply_template',
  'update_verification',
] as const;

const input = z.object({
  page_id: z.string(),
  command: z.enum(COMMANDS),
  properties: flatValues.optional(),
  new_str: z.string().optional(),
  content: z.string().optional(),
  position: z.object({ type: z.enum(['start', 'end']) }).optional(),
  content_updates: z
    .array(z.object({ old_str: z.string(), new_str: z.string(), replace_all_matches: z.boolean().optional() }))
    .optional(),
  selection_with_ellipsis: z.string().optional().describe('first words...last words'),
  template_id: z.string().optional(),
  allow_deleting_content: z.boolean().optional(),
  verification_status: z.enum(['verified', 'unverified']).optional(),
  verification_expiry_days: z.number().optional(),
  icon: z.string().optional(),
  cover: z.string().optional(),
  is_skill: z.boolean().optional(),
});
type Update = z.infer<typeof input>;

export const updatePageTool: Tool = tool('notion-update-page', {
  title: 'Update page',
  description: 'Change the properties or the content of a page. The command says which.',
  annotations: CHANGE,
  input,
  async run(call, args) {
    const page = findPage(call, idOf(args.page_id));
    const looks = looksOf(args);
    if (Object.keys(looks).length > 0) await rest(call, 'PATCH', `/v1/pages/${page.id}`, { body: looks });
    await carryOut(call, page, args);
    if (args.is_skill !== undefined) markSkill(call, page.id, args.is_skill);
    return { page_id: page.id };
  },
});

function looksOf({ icon, cover }: Update): object {
  return {
    ...(icon === undefined ? {} : { icon: iconInput(icon) }),
    ...(cover === undefined ? {} : { cover: cover === 'none' ? null : { type: 'external', external: { url: cover } } }),
  };
}

async function carryOut(call: Call, page: PageNode, args: Update): Promise<void> {
  const path = `/v1/pages/${page.id}`;
  const deleting = { allow_deleting_content: args.allow_deleting_content };
  const markdown = (type: string, change: object) =>
    rest(call, 'PATCH', `${path}/markdown`, { body: { type, [type]: change } });
  switch (args.command) {
    case 'update_properties': {
      const properties = propertyInputs(dataSourceOfRow(call.world, page), needed(args.properties, 'properties', args));
      await rest(call, 'PATCH', path, { body: { properties } });
      return;
    }
    case 'update_content': {
      const updates = matching(call, page, needed(args.content_updates, 'content_updates', args));
      if (updates.length > 0) await markdown('update_content', { content_updates: updates, ...deleting });
      return;
    }
    case 'replace_content':
      await markdown('replace_content', { new_str: needed(args.new_str, 'new_str', args), ...deleting });
      return;
    case 'replace_content_range': {
      const range = needed(args.selection_with_ellipsis, 'selection_with_ellipsis', args);
      const content = needed(args.new_str, 'new_str', args);
      await markdown('replace_content_range', { content, content_range: range, ...deleting });
      return;
    }
    case 'insert_content':
      await markdown('insert_content', {
        content: needed(args.content ?? args.new_str, 'content', args),
        position: args.position ?? { type: 'end' },
      });
      return;
    case 'insert_content_after': {
      const after = needed(args.selection_with_ellipsis, 'selection_with_ellipsis', args);
      await markdown('insert_content', { content: needed(args.new_str, 'new_str', args), after });
      return;
    }
    case 'apply_template': {
      const template = { type: 'template_id', template_id: idOf(needed(args.template_id, 'template_id', args)) };
      await rest(call, 'PATCH', path, { body: { template } });
      return;
    }
    case 'update_verification':
      needed(args.verification_status, 'verification_status', args);
  }
}

/** An update whose `old_str` is not on the page does nothing and is no error: so the original, to its users' surprise. */
function matching(call: Call, page: PageNode, updates: NonNullable<Update['content_updates']>) {
  const text = renderMarkdown(call, page);
  return updates.filter(update => update.old_str !== '' && text.includes(update.old_str));
}

function needed<T>(value: T | undefined, name: string, { command }: Update): T {
  if (value === undefined) throw invalid(`${name} is required for command ${command}`);
  return value;
}
