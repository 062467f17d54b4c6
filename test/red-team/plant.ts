import assert from 'node:assert/strict';
import type { Ready } from '../../src/cli/demo/ready.ts';

/** Every title and text outside the subtree has this word, so that every kind of leak is found. */
export const canary = 'zebra';

/** Ids by the names that attempts use: `out.page`, `in.row`. */
export type Planted = ReadonlyMap<string, string>;

type Json = Record<string, unknown> & { readonly id: string };

/** Builds both sides through the gate, as its admin: outside stands under `restricted`, inside under `public`. */
export async function plant({ url, keys, pages }: Ready): Promise<Planted> {
  const ids = new Map<string, string>();
  const call = async (method: string, path: string, body?: unknown, key = keys.admin): Promise<Json> => {
    const response = await fetch(`${url}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${text}`);
    return JSON.parse(text) as Json;
  };
  const name = (key: string, { id }: { readonly id: string }) => void ids.set(key, id);
  const idOf = (key: string) => ids.get(key) ?? assert.fail(key);

  await plantOutside(call, name, pages.restricted);
  await plantInside(call, name, pages.public, idOf);
  const upload = { mode: 'single_part', filename: `${canary}.txt`, content_type: 'text/plain' };
  name('out.upload', await call('POST', 'file_uploads', upload, keys.editor));
  name('out.root', { id: pages.root });
  name('out.restricted', { id: pages.restricted });
  return ids;
}

type CallNotion = (method: string, path: string, body?: unknown) => Promise<Json>;
type Name = (key: string, object: { readonly id: string }) => void;

const text = (content: string) => [{ type: 'text', text: { content } }];
const titled = (content: string) => ({ title: { title: text(content) } });
const paragraph = (rich_text: unknown) => ({ type: 'paragraph', paragraph: { rich_text } });

async function plantOutside(call: CallNotion, name: Name, parent: string): Promise<void> {
  const page = await call('POST', 'pages', { parent: { page_id: parent }, properties: titled(`${canary} page`) });
  name('out.page', page);
  const blocks = await append(call, page.id, [
    { type: 'toggle', toggle: { rich_text: text(`${canary} toggle`), children: [paragraph(text(`${canary} deep`))] } },
    { type: 'synced_block', synced_block: { synced_from: null, children: [paragraph(text(`${canary} synced`))] } },
  ]);
  name('out.block', blocks[0] ?? assert.fail('no toggle'));
  name('out.synced', blocks[1] ?? assert.fail('no synced block'));
  name('out.deepBlock', await firstChild(call, blocks[0]?.id ?? ''));
  name(
    'out.child',
    await call('POST', 'pages', { parent: { page_id: page.id }, properties: titled(`${canary} child`) }),
  );
  const { database, source } = await addDatabase(call, page.id, `${canary} database`, {});
  name('out.database', database);
  name('out.dataSource', source);
  name('out.row', await addRow(call, source.id, { Name: { title: text(`${canary} row`) } }));
  const comment = await call('POST', 'comments', {
    parent: { page_id: page.id },
    rich_text: text(`${canary} comment`),
  });
  name('out.comment', comment);
  name('out.discussion', { id: String(comment.discussion_id) });
  name('out.view', await firstView(call, database.id));
}

async function plantInside(call: CallNotion, name: Name, parent: string, idOf: (key: string) => string): Promise<void> {
  const page = await call('POST', 'pages', { parent: { page_id: parent }, properties: titled('An open page') });
  name('in.page', page);
  name('in.child', await call('POST', 'pages', { parent: { page_id: page.id }, properties: titled('An open child') }));
  const link = `https://www.notion.so/${idOf('out.page').replaceAll('-', '')}`;
  const blocks = await append(call, page.id, [
    { type: 'synced_block', synced_block: { synced_from: { type: 'block_id', block_id: idOf('out.synced') } } },
    { type: 'link_to_page', link_to_page: { type: 'page_id', page_id: idOf('out.page') } },
    paragraph([{ type: 'mention', mention: { type: 'page', page: { id: idOf('out.page') } } }]),
    paragraph([{ type: 'mention', mention: { type: 'database', database: { id: idOf('out.database') } } }]),
    paragraph([{ type: 'text', text: { content: 'a link', link: { url: link } } }]),
  ]);
  name('in.syncedCopy', blocks[0] ?? assert.fail('no synced copy'));
  name('in.linkBlock', blocks[1] ?? assert.fail('no link'));
  const { database, source } = await addDatabase(call, page.id, 'An open database', {
    Secret: { relation: { data_source_id: idOf('out.dataSource'), type: 'single_property', single_property: {} } },
    'Secret names': {
      rollup: { relation_property_name: 'Secret', rollup_property_name: 'Name', function: 'show_original' },
    },
    Note: { rich_text: {} },
    'Secret count': { rollup: { relation_property_name: 'Secret', rollup_property_name: 'Name', function: 'count' } },
  });
  name('in.database', database);
  name('in.dataSource', source);
  const properties = (await call('GET', `data_sources/${source.id}`)).properties as Record<string, { id: string }>;
  name('in.relationId', properties.Secret ?? assert.fail('no relation'));
  name('in.rollupId', properties['Secret names'] ?? assert.fail('no rollup'));
  name('in.countId', properties['Secret count'] ?? assert.fail('no count'));
  const note = { rich_text: [{ type: 'mention', mention: { type: 'page', page: { id: idOf('out.page') } } }] };
  const row = { Name: { title: text('An open row') }, Secret: { relation: [{ id: idOf('out.row') }] }, Note: note };
  name('in.row', await addRow(call, source.id, row));
  name('in.view', await firstView(call, database.id));
  const place = { data_source_id: idOf('out.dataSource'), database_id: database.id };
  // It stands outside, and shows the data of the inside.
  const away = { data_source_id: source.id, database_id: idOf('out.database') };
  name('out.linkedView', await call('POST', 'views', { ...away, type: 'table', name: `${canary} linked` }));
  name('in.foreignView', await call('POST', 'views', { ...place, type: 'table', name: 'An open view' }));
  const mention = [{ type: 'mention', mention: { type: 'page', page: { id: idOf('out.page') } } }];
  await call('POST', 'comments', { parent: { page_id: page.id }, rich_text: mention });
}

async function append(call: CallNotion, id: string, children: readonly unknown[]): Promise<readonly Json[]> {
  const { results } = await call('PATCH', `blocks/${id}/children`, { children });
  return results as Json[];
}

async function firstChild(call: CallNotion, id: string): Promise<Json> {
  const { results } = await call('GET', `blocks/${id}/children`);
  return (results as Json[])[0] ?? assert.fail('no child');
}

async function firstView(call: CallNotion, databaseId: string): Promise<Json> {
  const { results } = await call('GET', `views?database_id=${databaseId}`);
  return (results as Json[])[0] ?? assert.fail('no view');
}

async function addDatabase(call: CallNotion, parent: string, title: string, properties: Record<string, unknown>) {
  const database = await call('POST', 'databases', {
    parent: { type: 'page_id', page_id: parent },
    title: text(title),
    initial_data_source: { properties: { Name: { title: {} }, ...properties } },
  });
  const [source] = database.data_sources as Json[];
  return { database, source: source ?? assert.fail('no data source') };
}

function addRow(call: CallNotion, source: string, properties: Record<string, unknown>): Promise<Json> {
  return call('POST', 'pages', { parent: { data_source_id: source }, properties });
}
