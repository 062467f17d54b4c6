import assert from 'node:assert/strict';
import type { Ready } from '../../../src/cli/demo/ready.ts';
import { sessionFrom } from '../../mcp/mcp-sign-in.ts';
import type { Planted } from '../plant.ts';
import { paragraph, text, titled, type Who } from './row-case.ts';

type Json = Record<string, unknown> & { readonly id: string };
export type SendAs = (who: Who, method: string, path: string, body?: unknown) => Promise<Json>;

/** Things that the cases need besides the planted ones: on the open page, and things of another admin. */
export async function furnish(send: SendAs, planted: Planted): Promise<ReadonlyMap<string, string>> {
  const at = (key: string) => planted.get(key) ?? assert.fail(key);
  const call = (method: string, path: string, body?: unknown) => send('admin', method, path, body);
  const children = [
    paragraph(text('An open block')),
    { type: 'synced_block', synced_block: { synced_from: null, children: [paragraph()] } },
  ];
  const [block, synced] = (await call('PATCH', `blocks/${at('in.page')}/children`, { children })).results as Json[];
  const comment = await call('POST', 'comments', { parent: { page_id: at('in.page') }, rich_text: text('Open') });
  const relation = { data_source_id: at('in.dataSource'), type: 'single_property', single_property: {} };
  await call('PATCH', `data_sources/${at('in.dataSource')}`, { properties: { Peers: { relation } } });
  const [view] = (await call('GET', `views?database_id=${at('in.database')}`)).results as Json[];
  const [person] = (await call('GET', 'users')).results as Json[];
  for (const [page, title] of [
    ['in.page', 'An open meeting'],
    ['out.page', 'A zebra meeting'],
  ] as const) {
    const file_upload_id = await anUpload('admin', send);
    const source = { type: 'file_upload', file_upload_id };
    await call('POST', 'blocks/meeting_notes', { title, source, parent: { page_id: at(page) } });
  }
  return new Map([
    ['in.block', block?.id ?? ''],
    ['in.synced', synced?.id ?? ''],
    ['in.comment', comment.id],
    ['in.discussion', String(comment.discussion_id)],
    ['in.view', view?.id ?? ''],
    ['in.person', person?.id ?? ''],
    ['out.task', await makers['mine.task']('admin', send, at)],
    ['out.upload', await anUpload('admin', send)],
    ['out.query', (await call('POST', `views/${view?.id}/queries`, {})).id],
  ]);
}

type At = (key: string) => string;
type Make = (who: Who, send: SendAs, at: At) => Promise<string>;

/** Things that a case uses up: `new` ones stand in the open page, `mine` belong to the caller. */
export const makers = {
  'new.page': async (_who, send, at) =>
    (await send('admin', 'POST', 'pages', { parent: { page_id: at('in.page') }, properties: titled('A new page') })).id,
  'new.block': (_who, send, at) => aBlock(send, at('in.page'), paragraph()),
  'new.holder': (_who, send, at) =>
    aBlock(send, at('in.page'), { type: 'toggle', toggle: { rich_text: text('x'), children: [paragraph()] } }),
  'new.database': async (_who, send, at) => (await aDatabase(send, at('in.page'))).id,
  'new.dataSource': async (_who, send, at) => {
    const [source] = (await aDatabase(send, at('in.page'))).data_sources as Json[];
    return source?.id ?? '';
  },
  'new.view': async (_who, send, at) => {
    const place = { data_source_id: at('in.dataSource'), database_id: at('in.database') };
    return (await send('admin', 'POST', 'views', { ...place, type: 'table', name: 'A new view' })).id;
  },
  'mine.comment': async (who, send, at) =>
    (await send(who, 'POST', 'comments', { parent: { page_id: at('in.page') }, rich_text: text('mine') })).id,
  'mine.upload': (who, send) => anUpload(who, send),
  'mine.pending': async (who, send) =>
    (await send(who, 'POST', 'file_uploads', { mode: 'single_part', filename: 'x.txt' })).id,
  'mine.parts': async (who, send) => {
    const parts = { mode: 'multi_part', filename: 'x.txt', number_of_parts: 1 };
    const { id } = await send(who, 'POST', 'file_uploads', parts);
    await send(who, 'POST', `file_uploads/${id}/send`, form('x.txt', 1));
    return id;
  },
  'mine.query': async (who, send, at) => (await send(who, 'POST', `views/${at('in.view')}/queries`, {})).id,
  'mine.task': async (who, send, at) =>
    (
      await send(who, 'POST', 'pages', {
        ...{ parent: { page_id: at('in.page') }, properties: titled('A task') },
        ...{ markdown: 'x', allow_async: true },
      })
    ).id,
} satisfies Record<string, Make>;

export function form(name: string, part?: number): FormData {
  const data = new FormData();
  data.append('file', new Blob(['la la'], { type: 'text/plain' }), name);
  if (part !== undefined) data.append('part_number', String(part));
  return data;
}

async function anUpload(who: Who, send: SendAs): Promise<string> {
  const { id } = await send(who, 'POST', 'file_uploads', { mode: 'single_part', filename: 'x.mp3' });
  await send(who, 'POST', `file_uploads/${id}/send`, form('x.mp3'));
  return id;
}

async function aBlock(send: SendAs, page: string, block: object): Promise<string> {
  const { results } = await send('admin', 'PATCH', `blocks/${page}/children`, { children: [block] });
  return (results as Json[])[0]?.id ?? '';
}

function aDatabase(send: SendAs, page: string): Promise<Json> {
  return send('admin', 'POST', 'databases', {
    parent: { type: 'page_id', page_id: page },
    title: text('A new database'),
    initial_data_source: { properties: { Name: { title: {} }, Notes: { rich_text: {} } } },
  });
}

/** Keys for the open page alone, beside those of the demo. The person who runs the demo makes them. */
export async function keysFor({ url, workspaceId, keys, signInUrl }: Ready, page: string): Promise<Keys> {
  const cookie = await sessionFrom(signInUrl);
  const here = `${url}/api/workspaces/${workspaceId}`;
  const headers = { cookie, 'x-portcullis': '1', 'content-type': 'application/json' };
  const listed = await fetch(`${here}/members`, { headers });
  const { members } = (await listed.json()) as { members: { readonly name: string; readonly principalId: string }[] };

  async function make(agent: string, limit: object): Promise<string> {
    const principalId = members.find(({ name }) => name === agent)?.principalId ?? assert.fail(agent);
    const body = JSON.stringify({ name: 'rows', principalId, limitTo: { under: [page], ...limit } });
    const response = await fetch(`${here}/keys`, { method: 'POST', headers, body });
    const made = (await response.json()) as Json;
    assert.equal(response.status, 201, JSON.stringify(made));
    return String(made.secret);
  }

  return {
    ...{ scout: keys.agent, viewer: keys.viewer, admin: keys.admin, nobody: null },
    editor: await make('demo-editor', {}),
    keeper: await make('demo-admin', {}),
    reader: await make('demo-admin', { actions: ['read'] }),
  };
}

export type Keys = Readonly<Record<Who, string | null>>;
