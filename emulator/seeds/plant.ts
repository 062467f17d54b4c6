import type { Clock } from '../clock.ts';
import type { Call } from '../http/route.ts';
import { createIdentifiers, uuidNamed } from '../identifiers.ts';
import { appendBlocks } from '../rest/block-writes.ts';
import { createDataSource } from '../rest/data-source-writes.ts';
import { addDatabase } from '../rest/databases.ts';
import { parseMarkdown } from '../rest/markdown-parse.ts';
import { blankPage } from '../rest/pages.ts';
import { writeRow } from '../rest/property-input.ts';
import type { PropertyInput } from '../rest/property-values.ts';
import type { ConfigInput } from '../rest/schema-input.ts';
import { addDefaultView } from '../rest/view-writes.ts';
import { ALL_CAPABILITIES } from '../world/connections.ts';
import type { DataSourceNode, PageNode, PropertyConfig } from '../world/records.ts';
import { textOf } from '../world/rich-text.ts';
import { addNode } from '../world/tree.ts';
import { entryOf, type World } from '../world/world.ts';
import type { DatabaseSeed, PageSeed, RowSeed, WorkspaceSeed } from './seed.ts';

/** When seeded content was made; each thing a minute after the one before it. */
const FIRST_EDIT_MS = Date.UTC(2026, 0, 5, 9, 0, 0);
const MINUTE_MS = 60_000;

/** Puts a seed into the world. Ids derive from the seed's keys: the same seed has the same ids everywhere. */
export function plant(world: World, seed: WorkspaceSeed): void {
  const workspaceId = uuidNamed(`${seed.key}/workspace`);
  const people = new Map(seed.people.map(person => [person.key, uuidNamed(`${seed.key}/${person.key}`)]));
  for (const { key, name, email } of seed.people) {
    const id = people.get(key) ?? '';
    world.people.set(id, { id, name, email, avatarUrl: null });
  }
  const ticked = seed.pages.filter(page => page.ticked).map(page => idOf(seed, page));
  const members = [...people.values()];
  world.workspaces.set(workspaceId, { id: workspaceId, name: seed.name, icon: null, plan: seed.plan, members, ticked });
  for (const name of seed.emojis ?? []) {
    const id = idOf(seed, { key: `emoji/${name}` });
    world.emojis.set(id, { id, workspaceId, name, url: `https://emoji.example/${seed.key}/${name}.png` });
  }
  for (const { key, name, access, members: keys } of seed.teamspaces ?? []) {
    const id = idOf(seed, { key: `teamspace/${key}` });
    world.teamspaces.set(id, { id, workspaceId, name, access, members: keys.flatMap(one => people.get(one) ?? []) });
  }
  const planter = createPlanter(world, seed, workspaceId, people);
  for (const page of seed.pages) planter.page(page, null);
}

/** The id of a seeded page or database. */
export function idOf(seed: WorkspaceSeed, thing: { readonly key: string }): string {
  return uuidNamed(`${seed.key}/${thing.key}`);
}

/** Plants through the same functions that serve the API, acting as a person of the workspace. */
function createPlanter(world: World, seed: WorkspaceSeed, workspaceId: string, people: ReadonlyMap<string, string>) {
  const author = [...people.values()][0] ?? '';
  const named = createIdentifiers(seed.key);
  let nextId: string | null = null;
  const ids = {
    ...named,
    uuid() {
      const id = nextId ?? named.uuid();
      nextId = null;
      return id;
    },
  };
  const call: Call = {
    world: { ...world, ids, clock: steppingClock() },
    caller: {
      botId: author,
      workspaceId,
      clientId: null,
      userId: author,
      name: seed.name,
      capabilities: ALL_CAPABILITIES,
      shared: new Set(),
      revoked: false,
    },
    version: '2026-03-11',
    baseUrl: '',
    searchDelayMs: 0,
  };

  function page(wanted: PageSeed, parent: PageNode | null): void {
    nextId = idOf(seed, wanted);
    const node = blankPage(call, parent);
    node.properties.title = { id: 'title', type: 'title', title: textOf(wanted.title) };
    node.icon = wanted.icon === undefined ? null : { type: 'emoji', emoji: wanted.icon };
    node.privateTo = wanted.privateTo === undefined ? null : (people.get(wanted.privateTo) ?? null);
    addNode(call.world, node);
    if (wanted.teamspace !== undefined)
      world.teamspaceOf.set(node.id, idOf(seed, { key: `teamspace/${wanted.teamspace}` }));
    share(node.id);
    appendBlocks(call, node, parseMarkdown(wanted.content ?? ''), 'end');
    for (const child of wanted.pages ?? []) page(child, node);
    for (const child of wanted.databases ?? []) database(child, node);
    for (const { by, text } of wanted.comments ?? []) comment(node, people.get(by) ?? author, text);
  }

  function database(wanted: DatabaseSeed, parent: PageNode): void {
    nextId = idOf(seed, wanted);
    const node = addDatabase(call, parent, {
      title: textOf(wanted.title),
      description: textOf(wanted.description ?? ''),
    });
    const properties = Object.fromEntries(
      Object.entries(wanted.properties).map(([name, type]) => [name, configInput(type)]),
    );
    nextId = idOf(seed, { key: `${wanted.key}/source` });
    const source = createDataSource(call, node, { title: textOf(wanted.title), properties });
    addDefaultView(call, node, source);
    for (const [index, values] of wanted.rows.entries()) row(wanted, source, values, index);
    for (const one of wanted.templates ?? []) template(one, source);
  }

  function template(wanted: NonNullable<DatabaseSeed['templates']>[number], source: DataSourceNode): void {
    nextId = idOf(seed, wanted);
    const node = { ...blankPage(call, source), template: wanted.default ? ('default' as const) : ('other' as const) };
    node.properties.title = { id: 'title', type: 'title', title: textOf(wanted.title) };
    addNode(call.world, node);
    appendBlocks(call, node, parseMarkdown(wanted.content), 'end');
  }

  function row(wanted: DatabaseSeed, source: DataSourceNode, { content, ...values }: RowSeed, index: number): void {
    nextId = idOf(seed, { key: `${wanted.key}/${index + 1}` });
    const node = blankPage(call, source);
    const input = Object.entries(values).flatMap(([name, value]) => {
      const config = [...source.schema.values()].find(one => one.name === name);
      return config === undefined ? [] : [[name, valueInput(config, value, people)] as const];
    });
    node.properties.title = { id: 'title', type: 'title', title: [] };
    writeRow(call, source, node, Object.fromEntries(input));
    addNode(call.world, node);
    appendBlocks(call, node, parseMarkdown(content ?? ''), 'end');
  }

  function comment(on: PageNode, by: string, text: string): void {
    const now = call.world.clock.now();
    const id = ids.uuid();
    const discussionId = ids.uuid();
    const displayName = { type: 'user' as const, resolved_name: world.people.get(by)?.name ?? null };
    const common = { id, workspaceId, parentId: on.id, discussionId, createdAt: now, editedAt: now, createdBy: by };
    world.comments.set(id, { ...common, text: textOf(text), displayName, attachments: [] });
    entryOf(world.commentsOn, on.id, () => []).push(id);
    world.discussions.set(discussionId, on.id);
  }

  // The planter sees what it plants, so that mentions between seeded pages resolve.
  const share = (id: string) => call.caller.shared.add(id);
  return { page };
}

function steppingClock(): Clock {
  let now = FIRST_EDIT_MS;
  return {
    now() {
      now += MINUTE_MS;
      return now;
    },
    advance() {},
    freeze() {},
  };
}

/** `"select: Low, High"` as a schema entry. */
function configInput(type: string): ConfigInput {
  const [kind = '', list] = type.split(':').map(part => part.trim());
  const options = list?.split(',').map(name => ({ name: name.trim() }));
  return {
    type: kind,
    config: options === undefined ? {} : { options },
    name: undefined,
    description: null,
  } as ConfigInput;
}

type SeedValue = RowSeed[string];

function valueInput(
  config: PropertyConfig,
  value: SeedValue | undefined,
  people: ReadonlyMap<string, string>,
): PropertyInput {
  const list = (Array.isArray(value) ? value : [value]) as readonly string[];
  switch (config.type) {
    case 'title':
    case 'rich_text':
      return { type: config.type, value: textOf(String(value)) };
    case 'select':
    case 'status':
      return { type: config.type, value: { name: String(value) } };
    case 'multi_select':
      return { type: 'multi_select', value: list.map(name => ({ name })) };
    case 'people':
      return { type: 'people', value: list.map(key => ({ id: people.get(key) ?? '' })) };
    case 'date':
      return { type: 'date', value: { start: String(value) } };
    default:
      return { type: config.type, value } as PropertyInput;
  }
}
