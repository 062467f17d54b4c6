import { z } from 'zod';
import type { Call } from '../../http/route.ts';
import { databaseOf } from '../../rest/lookup.ts';
import { renderMarkdown } from '../../rest/markdown-render.ts';
import { searchTitles } from '../../rest/title-search.ts';
import type { DataSourceNode, PageNode } from '../../world/records.ts';
import { ancestry, titleOf } from '../../world/tree.ts';
import { addressOf, idOf } from '../reference.ts';
import { ancestorsOf } from '../text/ancestor-path.ts';
import { peopleOf } from './people.ts';
import { isInTeam } from './teams.ts';
import { READ, type Tool, tool } from './tool.ts';

const dateRange = z.object({ start_date: z.string().optional(), end_date: z.string().optional() });

const input = z.object({
  query: z.string().describe('Semantic search query over the workspace and connected sources'),
  query_type: z.enum(['internal', 'user']).optional(),
  content_search_mode: z.enum(['workspace_search', 'ai_search']).optional(),
  data_source_url: z.string().optional().describe('Search only the rows of this data source: collection://…'),
  page_url: z.string().optional().describe('Search only this page and what is below it'),
  teamspace_id: z.string().optional(),
  filters: z
    .object({ created_date_range: dateRange.optional(), created_by_user_ids: z.array(z.string()).optional() })
    .optional(),
  sort: z.record(z.string(), z.unknown()).optional(),
  page_size: z.number().int().min(1).max(50).optional(),
  max_highlight_length: z.number().int().min(0).optional(),
});
type Search = z.infer<typeof input>;

export const searchTools: readonly Tool[] = [
  tool('notion-search', {
    title: 'Search Notion',
    description: 'Search over the whole workspace: pages, databases and people.',
    aliases: ['search', 'notion-ai-search', 'ai-search'],
    annotations: READ,
    input,
    run: (call, args) => (args.query_type === 'user' ? findPeople(call, args) : findPages(call, args)),
  }),
];

function findPeople(call: Call, { query, page_size: size = 10 }: Search): object {
  const wanted = query.toLowerCase();
  const found = peopleOf(call).filter(one => `${one.name} ${one.email}`.toLowerCase().includes(wanted));
  const results = found.slice(0, size).map(({ id, name, email }) => ({
    id,
    title: name,
    url: `user://${id}`,
    type: 'user',
    highlight: email,
    timestamp: '',
  }));
  return { results, type: 'user_search' };
}

function findPages(call: Call, args: Search): object {
  const within = args.data_source_url ?? args.page_url;
  const scope = within === undefined ? null : idOf(within);
  const wanted = {
    query: args.query,
    oldestFirst: false,
    inTrash: false,
    accepts: (node: PageNode | DataSourceNode) =>
      isWithin(call, node, scope) && isInWanted(call, node, args.teamspace_id) && passes(node, args.filters),
  };
  const found = searchTitles(call, wanted, undefined, args.page_size ?? 10);
  const results = found.items.map(node => resultOf(call, node, args.max_highlight_length ?? 200));
  return { results, type: args.content_search_mode ?? 'workspace_search' };
}

function isWithin(call: Call, node: PageNode | DataSourceNode, scope: string | null): boolean {
  if (scope === null) return true;
  for (const one of ancestry(call.world, node)) if (one.id === scope) return true;
  return false;
}

function isInWanted(call: Call, node: PageNode | DataSourceNode, teamspace: string | undefined): boolean {
  return teamspace === undefined || isInTeam(call, node, idOf(teamspace));
}

function passes(node: PageNode | DataSourceNode, filters: Search['filters']): boolean {
  const { start_date: start, end_date: end } = filters?.created_date_range ?? {};
  const created = new Date(node.createdAt).toISOString();
  if (start !== undefined && created < start) return false;
  if (end !== undefined && created.slice(0, 10) > end) return false;
  const authors = filters?.created_by_user_ids;
  return authors === undefined || authors.map(idOf).includes(node.createdBy);
}

function resultOf(call: Call, node: PageNode | DataSourceNode, highlightLength: number): object {
  const isPage = node.kind === 'page';
  const highlight = isPage ? renderMarkdown(call, node) : '';
  const id = isPage ? node.id : databaseOf(call, node).id;
  return {
    id,
    title: titleOf(node),
    url: addressOf(id),
    type: isPage ? 'page' : 'database',
    highlight: highlight.slice(0, highlightLength),
    timestamp: new Date(node.editedAt).toISOString(),
    path: ancestorsOf(call.world, node)
      .filter(one => one.kind !== 'data_source')
      .map(titleOf)
      .reverse()
      .join(' / '),
  };
}
