import { type ToolRow, toolRow } from '../../tool-row.ts';
import { reading } from './shapes.ts';

/** Lists of pages that concern the person who connected the workspace. A caller sees those that they may read. */
export const listTools: readonly ToolRow[] = (
  [
    ['notion-list-private-pages', 'List private pages'],
    ['notion-list-shared-pages', 'List shared pages'],
    ['notion-list-favorite-pages', 'List favorite pages'],
    ['notion-list-recent-pages', 'List recent pages'],
  ] as const
).map(([name, title]) =>
  toolRow(name, {
    title,
    description: `${title}, of the person who connected the workspace.`,
    annotations: reading,
    effect: 'read',
    actions: ['read'],
    hosted: { locators: [], otherwise: { unless: [], actions: ['read'], filtered: true }, shows: 'rows' },
    shape: {},
  }),
);
