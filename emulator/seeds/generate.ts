import { createIdentifiers, type Identifiers } from '../identifiers.ts';
import type { DatabaseNode, DataSourceNode, Node, PageNode, PropertyConfig } from '../world/records.ts';
import { textOf } from '../world/rich-text.ts';
import { addNode } from '../world/tree.ts';
import type { World } from '../world/world.ts';

const FANOUT = 20;
const ROWS_PER_DATABASE = 100;
const MINUTE_MS = 60_000;
const FIRST_EDIT_MS = Date.UTC(2025, 0, 1);

const SUBJECTS = [
  'Budget',
  'Roadmap',
  'Interview',
  'Retrospective',
  'Contract',
  'Launch',
  'Incident',
  'Workshop',
  'Survey',
  'Release',
];
const QUALITIES = [
  'final',
  'draft',
  'shared',
  'weekly',
  'quarterly',
  'internal',
  'revised',
  'open',
  'regional',
  'annual',
];

/**
 * Fills a workspace below one page: seven of ten pages form a tree with twenty children each, three are rows of databases.
 * Each has one paragraph. The same call makes the same pages.
 */
export function generatePages(world: World, root: PageNode, count: number): void {
  const ids = createIdentifiers(`generated/${root.id}`);
  const parents: PageNode[] = [root];
  let source: DataSourceNode | null = null;
  for (let index = 0; index < count; index += 1) {
    const at = FIRST_EDIT_MS + index * MINUTE_MS;
    const common = commonFields(world, ids, root, at);
    const title = `${QUALITIES[index % 10]} ${SUBJECTS[Math.floor(index / 10) % 10]} ${index}`;
    if (index % 10 >= 7) {
      if (source === null || source.rows.length >= ROWS_PER_DATABASE) {
        source = addDatabase(world, ids, parents[Math.floor(index / FANOUT)] ?? root, at);
      }
      addPage(world, ids, { ...common, parentId: source.id }, title, index);
      continue;
    }
    const parent = parents[Math.floor(parents.length / FANOUT)] ?? root;
    parents.push(addPage(world, ids, { ...common, parentId: parent.id }, title, null));
  }
}

type Common = Pick<
  Node,
  'id' | 'workspaceId' | 'createdAt' | 'editedAt' | 'createdBy' | 'editedBy' | 'inTrash' | 'parentId'
>;

function commonFields(world: World, ids: Identifiers, root: PageNode, at: number): Common {
  const author = world.workspaces.get(root.workspaceId)?.members[0] ?? root.createdBy;
  return {
    id: ids.uuid(),
    workspaceId: root.workspaceId,
    parentId: null,
    createdAt: at,
    editedAt: at,
    createdBy: author,
    editedBy: author,
    inTrash: false,
  };
}

/** A page with one paragraph; with `amount` a row. */
function addPage(world: World, ids: Identifiers, common: Common, title: string, amount: number | null): PageNode {
  const page: PageNode = {
    ...common,
    kind: 'page',
    properties: { title: { id: 'title', type: 'title', title: textOf(title) } },
    icon: null,
    cover: null,
    locked: false,
    archived: false,
    publicUrl: null,
    privateTo: null,
    template: null,
    children: [],
  };
  if (amount !== null) page.properties[AMOUNT.id] = { id: AMOUNT.id, type: 'number', number: amount };
  addNode(world, page);
  addNode(world, {
    ...common,
    id: ids.uuid(),
    kind: 'block',
    parentId: page.id,
    type: 'paragraph',
    content: { rich_text: textOf(`About ${title}`), color: 'default', icon: null },
    children: [],
  });
  return page;
}

const AMOUNT: PropertyConfig = {
  id: 'amnt',
  name: 'Amount',
  description: null,
  type: 'number',
  number: { format: 'number' },
};
const NAME: PropertyConfig = { id: 'title', name: 'Name', description: null, type: 'title', title: {} };

function addDatabase(world: World, ids: Identifiers, parent: PageNode, at: number): DataSourceNode {
  const looks = { title: textOf('Collection'), description: [], icon: null, cover: null };
  const database: DatabaseNode = {
    ...commonFields(world, ids, parent, at),
    ...looks,
    kind: 'database',
    parentId: parent.id,
    inline: false,
    locked: false,
    dataSources: [],
    views: [],
  };
  addNode(world, database);
  const source: DataSourceNode = {
    ...commonFields(world, ids, parent, at),
    ...looks,
    kind: 'data_source',
    parentId: database.id,
    schema: new Map([
      [NAME.id, NAME],
      [AMOUNT.id, AMOUNT],
    ]),
    rows: [],
    templates: [],
    lastUniqueId: 0,
  };
  addNode(world, source);
  return source;
}
