/** `portcullis sinks`, typed against a running gateway. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AdminApi, openAdminApi } from '../admin-api.ts';
import { portcullisHere } from '../cli/run.ts';
import { signedIn } from '../people.ts';
import { startSinkReceiver } from './receiver.ts';

describe('portcullis sinks', () => {
  let api: AdminApi;
  let receiver: Awaited<ReturnType<typeof startSinkReceiver>>;
  let key = '';

  before(async () => {
    api = await openAdminApi();
    receiver = await startSinkReceiver(() => '');
    const workspace = await api.people.aWorkspace();
    const admin = await api.people.aMember(workspace, 'admin');
    const caller = signedIn(admin);
    key = (await api.accounts.keys.mint(caller, workspace, { name: 'cli', principalId: admin })).secret;
  });
  after(async () => {
    await receiver.close();
    await api.close();
  });

  const run = (...words: string[]) =>
    portcullisHere(['sinks', ...words], { PORTCULLIS_URL: api.url, PORTCULLIS_KEY: key });

  it('makes, tests, pauses, resumes, lists and removes sinks', async () => {
    const made = await run('add', 'webhook', receiver.url, '--name', 'siem');
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /^whsec_[\w+/=]{44}\n$/);
    const [id = ''] = /snk_\S+/.exec(made.err) ?? [];
    const tested = await run('test', id);
    assert.deepEqual([tested.code, tested.out], [0, 'taken\n']);
    assert.match((await run('pause', id)).out, / {2}paused {4}webhook {2}siem {2}/);
    assert.match((await run('resume', id)).out, / {2}active {4}webhook {2}siem {2}/);
    await api.upkeep.deliverToSinks();
    assert.match((await run('list')).out, /active {4}webhook {2}siem {2}/);
    assert.deepEqual((await run('dead-letters', id)).out, '');
    assert.equal((await run('retry', id)).out, '0 are tried again\n');
    assert.equal((await run('remove', id)).code, 0);
    assert.match((await run('list')).err, /There are none/);
  });

  it('says what it cannot understand', async () => {
    assert.match((await run('add', 'pigeon', 'north')).err, /"pigeon" is no kind of sink/);
    assert.match((await run('pause', 'siem')).err, /"siem" is not the id of a sink/);
  });
});
