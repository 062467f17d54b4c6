import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type EmulatorControl, emulatorControl } from '../../control.ts';
import { seeds } from '../../seeds/seeds.ts';
import { type Emulator, startEmulator } from '../../server.ts';
import { type Connected, connectMcp } from '../mcp-client.ts';

let emulator: Emulator;
let control: EmulatorControl;
let ada: Connected;
/** Not on the board. */
let noor: Connected;
before(async () => {
  emulator = await startEmulator({ seed: seeds.get('company') ?? [] });
  control = emulatorControl(emulator.url, emulator.controlToken);
  ada = await connectMcp(emulator);
  noor = await connectMcp(emulator, { personId: emulator.people[1]?.id ?? '' });
});
after(() => emulator.close());

type Entry = Record<string, string>;

describe('teamspaces', () => {
  const teamsOf = async (who: Connected) => (await who.call('notion-get-teams')).json;

  it('are listed for their members, and private ones for nobody else', async () => {
    const { joinedTeams, otherTeams } = await teamsOf(ada);
    assert.deepEqual(
      (joinedTeams as Entry[]).map(team => team.name),
      ['Board'],
    );
    assert.deepEqual(otherTeams, []);
    assert.deepEqual(await teamsOf(noor), { joinedTeams: [], otherTeams: [], hasMore: false });
  });

  it('take pages of their members, which the other members then see, and narrow a search', async () => {
    const teamspace_id = ((await teamsOf(ada)).joinedTeams as Entry[])[0]?.id;
    const args = { parent: { teamspace_id }, pages: [{ properties: { title: 'Merger' } }] };
    const made = await ada.call('notion-create-pages', args);
    const [page] = made.json.pages as Entry[];
    const ruth = await connectMcp(emulator, { personId: emulator.people[7]?.id ?? '' });
    assert.equal((await ruth.call('notion-fetch', { id: page?.id })).json.title, 'Merger');
    assert.equal((await noor.call('notion-fetch', { id: page?.id })).failed, true);
    assert.equal((await noor.call('notion-create-pages', args)).failed, true);
    const found = async (query: string) =>
      ((await ada.call('notion-search', { query, teamspace_id })).json.results as Entry[]).length;
    assert.equal(await found('Merger'), 1);
    assert.equal(await found('Departments'), 0);
  });
});

describe('lists of pages', () => {
  const urls = async (who: Connected, tool: string) =>
    ((await who.call(tool)).json.results as Entry[]).map(entry => entry.title);

  it('show what is private to the person alone, and what they see together', async () => {
    await ada.call('notion-create-pages', { pages: [{ properties: { title: 'Diary' } }] });
    assert.ok((await urls(ada, 'notion-list-private-pages')).includes('Diary'));
    assert.ok((await urls(ada, 'notion-list-recent-pages')).includes('Diary'));
    assert.deepEqual(await urls(noor, 'notion-list-private-pages'), []);
    assert.ok(!(await urls(noor, 'notion-list-recent-pages')).includes('Diary'));
    assert.ok((await urls(ada, 'notion-list-shared-pages')).includes('Board'));
    assert.ok(!(await urls(noor, 'notion-list-shared-pages')).includes('Board'));
    assert.deepEqual(await urls(ada, 'notion-list-favorite-pages'), []);
  });
});

describe('attachments', () => {
  const upload = async (content: string) => {
    const { json } = await ada.call('notion-create-file-upload', { filename: 'a.txt', content_type: 'text/plain' });
    const answer = await fetch(String(json.upload_url), { method: 'PUT', body: content });
    assert.equal(answer.status, 200);
    return { id: String(json.file_upload_id), address: String(json.upload_url) };
  };

  it('go up without a token once, and come down for their person only', async () => {
    const { id, address } = await upload('hello');
    assert.equal((await fetch(address, { method: 'PUT', body: 'again' })).status, 403);
    assert.equal((await fetch(address)).status, 403);
    const { json } = await ada.call('notion-download-attachment', { file_upload_id: id });
    const read = String(json.download_url);
    assert.equal(await (await fetch(read)).text(), 'hello');
    assert.equal((await fetch(read, { method: 'PUT', body: 'other' })).status, 403);
    assert.equal((await noor.call('notion-download-attachment', { file_upload_id: id })).failed, true);
  });

  it('are imported from public addresses, and from no others', async () => {
    const { json } = await ada.call('notion-create-attachment', { source_url: 'https://files.example/report.pdf' });
    assert.deepEqual([json.status, json.filename], ['uploaded', 'report.pdf']);
    for (const source_url of ['http://files.example/x', 'file:///etc/passwd', 'nothing']) {
      assert.equal((await ada.call('notion-create-attachment', { source_url })).failed, true, source_url);
    }
  });

  it('lie in folders until they are removed', async () => {
    const { id } = await upload('in a folder');
    const files = [{ file_upload_id: id }];
    const made = await ada.call('notion-create-folder', { name: 'Papers', files });
    assert.deepEqual(made.json.files, [{ file_upload_id: id, name: 'a.txt' }], made.text);
    const folder_id = String(made.json.folder_id);
    const inner = await ada.call('notion-create-folder', { name: 'Old', parent: { folder_id } });
    assert.equal((await control.node({ id: String(inner.json.folder_id) }))?.parentId, folder_id);
    assert.equal((await noor.call('notion-update-folder', { folder_id, name: 'Mine' })).failed, true);
    assert.equal((await ada.call('notion-update-folder', { folder_id: emulator.pages.root, name: 'x' })).failed, true);
    assert.equal((await ada.call('notion-convert-page-to-skill', { page_url: folder_id })).failed, true);
    const changed = await ada.call('notion-update-folder', { folder_id, name: 'Past', remove_files: [id] });
    assert.deepEqual(changed.json.files, [], changed.text);
    assert.equal((await control.node({ id: folder_id }))?.title, 'Past');
    assert.equal((await ada.call('notion-update-folder', { folder_id, remove_files: [id] })).failed, true);
  });
});

describe('skills', () => {
  const names = async (who: Connected, query: string) =>
    ((await who.call('notion-search-skills', { query })).json.results as Entry[]).map(skill => skill.name);

  it('are uploaded, found by what they say, and downloaded', async () => {
    const { json } = await ada.call('notion-upload-skill', { name: 'Write minutes', content: 'Begin with the date.' });
    assert.deepEqual(await names(ada, 'begin with'), ['Write minutes']);
    assert.deepEqual(await names(noor, 'begin with'), []);
    const skill = await ada.call('notion-download-skill', { id: json.skill_id });
    const [file] = skill.json.files as Entry[];
    assert.equal(file?.path, 'SKILL.md');
    assert.match(file?.content ?? '', /Begin with the date\./);
  });

  it('are pages that somebody said are skills, until somebody says otherwise', async () => {
    const id = emulator.pages.public;
    assert.equal((await ada.call('notion-download-skill', { id })).failed, true);
    await ada.call('notion-convert-page-to-skill', { page_url: id });
    assert.deepEqual(await names(noor, 'Departments'), ['Departments']);
    await ada.call('notion-update-page', {
      page_id: id,
      command: 'insert_content',
      content: 'More',
      is_skill: false,
    });
    assert.deepEqual(await names(noor, 'Departments'), []);
    const state = await control.snapshot();
    await ada.call('notion-create-pages', { pages: [{ properties: { title: 'Born one' }, is_skill: true }] });
    assert.deepEqual(await names(ada, 'Born one'), ['Born one']);
    await control.restore(state);
    assert.deepEqual(await names(ada, 'Born one'), []);
  });
});

describe('agents', () => {
  it('are none: lists are empty and sessions cannot be found', async () => {
    for (const tool of ['notion-list-agents', 'notion-query-sessions']) {
      assert.deepEqual((await ada.call(tool)).json, { results: [], has_more: false }, tool);
    }
    const spawned = await ada.call('notion-spawn-session', { agent_id: 'a1', message: 'Hello' });
    assert.deepEqual([spawned.failed, spawned.json.code], [true, 'object_not_found']);
    assert.match((await ada.call('notion-wait-session', { session_id: 's1' })).text, /session with ID: s1/);
    assert.match((await ada.call('notion-spawn-session', { agent_id: 'a1' })).text, /Invalid arguments for tool/);
    assert.deepEqual((await ada.call('notion-check-mcp-next-steps')).json, { next_steps: [] });
  });

  it('are among the tools that a client may call', async () => {
    const { json } = await ada.call('notion-get-tool-access', { tool_names: ['notion-spawn-session', 'notion-x'] });
    assert.deepEqual(json.tools, [
      { name: 'notion-spawn-session', available: true },
      { name: 'notion-x', available: false },
    ]);
  });
});
