import assert from 'node:assert/strict';
import { rawCall } from '../authorized.ts';
import type { Emulator } from '../server.ts';

/** One thing of each kind, for the examples to work on. */
export interface Fixture {
  readonly emulator: Emulator;
  readonly page: string;
  readonly otherPage: string;
  readonly paragraph: string;
  readonly database: string;
  readonly source: string;
  readonly row: string;
  readonly comment: string;
  readonly view: string;
  readonly viewQuery: string;
  readonly upload: string;
  readonly parts: string;
  readonly recording: string;
  readonly task: string;
  readonly person: string;
}

const VERSION = '2026-03-11';

/** Makes the things with the token whose connection the examples will use. */
export async function createFixture(emulator: Emulator, token: string): Promise<Fixture> {
  const post = async (path: string, body: object, method = 'POST'): Promise<Record<string, unknown>> => {
    const answer = await rawCall(emulator, path, { token, body, method, version: VERSION });
    assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const text = (content: string) => [{ text: { content } }];
  const parent = { page_id: emulator.pages.root };
  const page = await post('/v1/pages', {
    parent,
    properties: { title: { title: text('Fixture') } },
    children: [{ paragraph: { rich_text: text('first') } }, { paragraph: { rich_text: text('second') } }],
  });
  const other = await post('/v1/pages', {
    parent: { page_id: page.id },
    properties: { title: { title: text('Other') } },
  });
  const children = await rawCall(emulator, `/v1/blocks/${page.id}/children`, { token });
  const database = await post('/v1/databases', {
    parent: { page_id: page.id },
    title: text('Things'),
    initial_data_source: { properties: EVERY_PROPERTY },
  });
  const source = idOf((database.data_sources as unknown[])[0]);
  const row = await post('/v1/pages', {
    parent: { data_source_id: source },
    properties: { Name: { title: text('Row') }, Text: { rich_text: text('long text') }, Number: { number: 1 } },
  });
  const comment = await post('/v1/comments', { parent: { page_id: page.id }, rich_text: text('Hello') });
  const views = await rawCall(emulator, `/v1/views?database_id=${database.id}`, { token });
  const view = await post('/v1/views', {
    data_source_id: source,
    database_id: database.id,
    name: 'Second',
    type: 'board',
  });
  assert.equal(views.status, 200);
  const query = await post(`/v1/views/${view.id}/queries`, {});
  const upload = await post('/v1/file_uploads', { mode: 'single_part', filename: 'a.txt', content_type: 'text/plain' });
  const parts = await post('/v1/file_uploads', { mode: 'multi_part', filename: 'b.txt', number_of_parts: 1 });
  const recording = await post('/v1/file_uploads', { mode: 'single_part', filename: 'c.mp3' });
  for (const id of [parts.id, recording.id]) await sendFile(emulator, token, String(id));
  const change = { type: 'insert_content', insert_content: { content: 'third' }, allow_async: true };
  const task = await post(`/v1/pages/${page.id}/markdown`, change, 'PATCH');
  return {
    emulator,
    page: idOf(page),
    otherPage: idOf(other),
    paragraph: idOf((children.body.results as unknown[])[0]),
    database: idOf(database),
    source,
    row: idOf(row),
    comment: idOf(comment),
    view: idOf(view),
    viewQuery: idOf(query),
    upload: idOf(upload),
    parts: idOf(parts),
    recording: idOf(recording),
    task: idOf(task),
    person: emulator.people[0]?.id ?? '',
  };
}

export const EVERY_PROPERTY = {
  Name: { title: {} },
  Text: { rich_text: {} },
  Number: { number: { format: 'euro' } },
  Choice: { select: { options: [{ name: 'A' }, { name: 'B', color: 'red' }] } },
  Choices: { multi_select: { options: [{ name: 'C' }] } },
  State: { status: {} },
  When: { date: {} },
  Who: { people: {} },
  Files: { files: {} },
  Done: { checkbox: {} },
  Link: { url: {} },
  Mail: { email: {} },
  Phone: { phone_number: {} },
  Twice: { formula: { expression: 'prop("Number") * 2' } },
  Made: { created_time: {} },
  'Made by': { created_by: {} },
  Edited: { last_edited_time: {} },
  'Edited by': { last_edited_by: {} },
  Ticket: { unique_id: { prefix: 'T' } },
};

export async function sendFile(emulator: Emulator, token: string, id: string): Promise<Response> {
  const form = new FormData();
  form.set('file', new Blob(['some bytes'], { type: 'text/plain' }), 'a.txt');
  form.set('part_number', '1');
  return fetch(`${emulator.url}/v1/file_uploads/${id}/send`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'notion-version': VERSION },
    body: form,
  });
}

function idOf(thing: unknown): string {
  if (typeof thing === 'object' && thing !== null && 'id' in thing && typeof thing.id === 'string') return thing.id;
  throw new Error(`this has no id: ${JSON.stringify(thing)}`);
}
