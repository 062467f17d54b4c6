import { z } from 'zod';
import { invalid } from '../../http/errors.ts';
import type { Call } from '../../http/route.ts';
import { findPage, notFound, visibleNode } from '../../rest/lookup.ts';
import { renderMarkdown } from '../../rest/markdown-render.ts';
import type { PageNode } from '../../world/records.ts';
import { isTrashed, titleOf } from '../../world/tree.ts';
import { addressOf, idOf } from '../reference.ts';
import { rest } from '../rest-call.ts';
import { CREATE, pageParent, READ, type Tool, tool } from './tool.ts';

const LISTED = 10;

/** Skills are pages that agents can load as instructions. */
export const skillTools: readonly Tool[] = [
  tool('notion-convert-page-to-skill', {
    title: 'Convert page to skill',
    description: 'Make a page a skill that agents can find and load.',
    annotations: CREATE,
    input: z.object({ page_url: z.string().describe('URL or id of the page') }),
    run(call, { page_url: url }) {
      const page = findPage(call, idOf(url));
      markSkill(call, page.id, true);
      return { skill_id: page.id, page_url: addressOf(page.id), name: titleOf(page) };
    },
  }),
  tool('notion-search-skills', {
    title: 'Search skills',
    description: 'Find skills by their names and contents.',
    annotations: READ,
    input: z.object({ query: z.string().optional(), page_size: z.number().int().min(1).max(50).optional() }),
    run(call, { query = '', page_size: size = LISTED }) {
      const wanted = query.toLowerCase();
      const found = skills(call).filter(page => skillText(call, page).toLowerCase().includes(wanted));
      const results = found.slice(0, size).map(page => ({
        id: page.id,
        name: titleOf(page),
        url: addressOf(page.id),
      }));
      return { results, has_more: found.length > size };
    },
  }),
  tool('notion-download-skill', {
    title: 'Download skill',
    description: 'The instructions of a skill, as SKILL.md.',
    annotations: READ,
    input: z.object({ id: z.string().describe('URL or id of the skill') }),
    run(call, { id }) {
      const page = findPage(call, idOf(id));
      if (call.world.purposes.get(page.id) !== 'skill') throw notFound(call, 'page', page.id);
      const files = [{ path: 'SKILL.md', content: skillText(call, page) }];
      return { id: page.id, name: titleOf(page), url: addressOf(page.id), files };
    },
  }),
  tool('notion-upload-skill', {
    title: 'Upload skill',
    description: 'Create a skill from Markdown. Without a parent it is private.',
    annotations: CREATE,
    input: z.object({
      name: z.string().min(1),
      content: z.string().describe('Markdown of SKILL.md'),
      parent: pageParent.optional(),
    }),
    async run(call, { name, content, parent }) {
      const body = {
        parent: parent === undefined ? undefined : { page_id: idOf(parent.page_id) },
        properties: { title: { title: [{ text: { content: name } }] } },
        ...(content === '' ? {} : { markdown: content }),
      };
      const id = String((await rest(call, 'POST', '/v1/pages', { body })).id);
      markSkill(call, id, true);
      return { skill_id: id, page_url: addressOf(id), name };
    },
  }),
];

/** Makes a page a skill, or a plain page again. */
export function markSkill({ world }: Call, pageId: string, isSkill: boolean): void {
  if (world.purposes.get(pageId) === 'folder') throw invalid('A folder cannot be a skill.');
  if (isSkill) world.purposes.set(pageId, 'skill');
  else if (world.purposes.get(pageId) === 'skill') world.purposes.delete(pageId);
}

function skills(call: Call): PageNode[] {
  return [...call.world.purposes].flatMap(([id, purpose]) => {
    const node = purpose === 'skill' ? visibleNode(call, id) : null;
    return node?.kind === 'page' && !isTrashed(call.world, node) ? [node] : [];
  });
}

function skillText(call: Call, page: PageNode): string {
  return `# ${titleOf(page)}\n\n${renderMarkdown(call, page)}`;
}
