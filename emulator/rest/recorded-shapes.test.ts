import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Client, isFullUser } from '@notionhq/client';
import { authorize, CALLBACK, officialClient, rawCall } from '../authorized.ts';
import { type EmulatorControl, emulatorControl } from '../control.ts';
import { type Emulator, startEmulator } from '../server.ts';

describe('shapes as recorded', () => {
  let emulator: Emulator;
  let control: EmulatorControl;
  let notion: Client;
  before(async () => {
    emulator = await startEmulator({ redirectUris: [CALLBACK] });
    control = emulatorControl(emulator.url, emulator.controlToken);
    notion = officialClient(emulator, emulator.internalToken);
    await control.setClock({ freezeAtMs: Date.UTC(2026, 10, 30, 10) });
  });
  after(() => emulator.close());

  it('a person has an address and whether it is verified, where addresses may be seen', async () => {
    const { results } = await notion.users.list({});
    const person = results.find(one => one.type === 'person');
    assert.ok(person !== undefined && isFullUser(person) && person.type === 'person');
    assert.deepEqual(Object.keys(person.person), ['email', 'email_verified']);
    assert.equal(Reflect.get(person.person, 'email_verified'), true);
    const other = await authorize(emulator);
    await control.setCapabilities({ botId: other.botId, capabilities: { user_information: 'without_email' } });
    const [without] = (await other.notion.users.list({})).results;
    assert.ok(without !== undefined && isFullUser(without) && without.type === 'person');
    assert.deepEqual(without.person, {});
  });

  const importFrom = async (filename: string) => {
    const body = { mode: 'external_url', filename, external_url: `https://files.example/${filename}` };
    return (await rawCall(emulator, '/v1/file_uploads', { body })).body;
  };
  const attach = (id: unknown) =>
    rawCall(emulator, `/v1/blocks/${emulator.pages.public}/children`, {
      method: 'PATCH',
      body: { children: [{ image: { file_upload: { id } } }] },
    });

  it('an upload from a URL is pending at first, with an upload_url and without a result', async () => {
    const made = await importFrom('a.png');
    assert.equal(made.status, 'pending');
    assert.equal(made.upload_url, `${emulator.url}/v1/file_uploads/${made.id}/send`);
    assert.ok(!('file_import_result' in made));
    const early = await attach(made.id);
    assert.deepEqual([early.status, early.body.code], [400, 'validation_error']);
    const again = await rawCall(emulator, `/v1/file_uploads/${made.id}`);
    assert.equal(again.body.status, 'pending');

    await control.setClock({ advanceMs: 5_000 });
    const done = await rawCall(emulator, `/v1/file_uploads/${made.id}`);
    assert.equal(done.body.status, 'uploaded');
    assert.ok(!('upload_url' in done.body));
    assert.equal((done.body.file_import_result as { type: string }).type, 'success');
    assert.equal((await attach(made.id)).status, 200);
  });

  it('is imported whether anybody asks or not, and takes no content', async () => {
    const made = await importFrom('b.png');
    const form = new FormData();
    form.set('file', new Blob(['x']), 'b.png');
    const sent = await fetch(String(made.upload_url), {
      method: 'POST',
      headers: { authorization: `Bearer ${emulator.internalToken}`, 'notion-version': '2025-09-03' },
      body: form,
    });
    assert.equal(sent.status, 400);
    await control.setClock({ advanceMs: 5_000 });
    assert.equal((await attach(made.id)).status, 200);
  });

  it('lists of uploads go on from an id', async () => {
    const made = [await importFrom('1.png'), await importFrom('2.png'), await importFrom('3.png')];
    const first = await rawCall(emulator, '/v1/file_uploads?page_size=1');
    const { body: all } = await rawCall(emulator, '/v1/file_uploads');
    const ids = (all.results as { id: string }[]).map(one => one.id);
    assert.equal(first.body.next_cursor, ids[1]);
    const from = await rawCall(emulator, `/v1/file_uploads?start_cursor=${made[1]?.id}`);
    assert.deepEqual(
      (from.body.results as { id: string }[]).map(one => one.id),
      ids.slice(ids.indexOf(String(made[1]?.id))),
    );
    const listed = await notion.fileUploads.list({ start_cursor: String(made[2]?.id), page_size: 1 });
    assert.deepEqual(
      listed.results.map(one => one.id),
      [made[2]?.id],
    );
    const bad = await rawCall(emulator, '/v1/file_uploads?start_cursor=bogus');
    assert.match(String(bad.body.message), /query\.start_cursor should be a valid uuid or `undefined`/);
    const foreign = await rawCall(emulator, `/v1/file_uploads?start_cursor=${emulator.pages.public}`);
    assert.equal(foreign.status, 400);
  });
});
