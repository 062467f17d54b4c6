/** Sinks over the admin API: who may have them, what they are given, and what becomes of a receiver that does not take it. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { UserId, WorkspaceId } from '../../src/domain/ids.ts';
import { hourMs } from '../../src/domain/units.ts';
import { type AdminApi, openAdminApi } from '../admin-api.ts';
import { startSinkReceiver, taken } from './receiver.ts';

type Receiver = Awaited<ReturnType<typeof startSinkReceiver>>;

describe('sinks', () => {
  let api: AdminApi;
  let workspace: WorkspaceId;
  let admin: UserId;
  let cookie: string;
  let receiver: Receiver;
  let secret = '';

  before(async () => {
    api = await openAdminApi();
  });
  after(() => api.close());
  afterEach(() => receiver.close());
  beforeEach(async () => {
    workspace = await api.people.aWorkspace();
    admin = await api.people.aMember(workspace, 'admin');
    cookie = await api.cookieOf(admin);
    receiver = await startSinkReceiver(() => secret);
  });

  const at = () => `/api/workspaces/${workspace}/sinks`;
  const ask = (method: string, path: string, body?: unknown) =>
    api.send(method, path, { cookie, ...(body !== undefined && { body }) });

  async function aSink(given: { url?: string; from?: 'now' | 'beginning'; name?: string } = {}): Promise<string> {
    const { url = receiver.url, from = 'now', name = 'siem' } = given;
    const made = await ask('POST', at(), { kind: 'webhook', settings: { url }, name, from });
    assert.equal(made.status, 201, made.text);
    secret = String(made.at('secret'));
    return String(made.at('sink.id'));
  }

  /** Makes calls of the workspace: each is two entries. */
  async function write(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      await ask('GET', at());
    }
  }

  const deliver = () => api.upkeep.deliverToSinks();
  const later = (ms: number) => api.people.clock.advance(ms);
  const state = async (id: string) => {
    const { text } = await ask('GET', at());
    return JSON.parse(text).sinks.find((sink: { id: string }) => sink.id === id);
  };

  it('gives every entry from its beginning on, signed, in the order of the log', async () => {
    const id = await aSink({ from: 'beginning' });
    await write(3);
    await deliver();
    assert.ok(receiver.batches.every(({ isSigned }) => isSigned));
    const indexes = receiver.indexes();
    assert.deepEqual(
      indexes,
      indexes.map((_, n) => n),
    );
    assert.ok(receiver.operations().includes('sink.created'));
    const { cursor, lag, state: how } = await state(id);
    assert.equal(how, 'active');
    assert.equal(cursor, indexes.length);
    assert.equal(lag, 0);
  });

  it('begins where it was made, if asked', async () => {
    await write(2);
    await deliver();
    await aSink({ from: 'now' });
    await deliver();
    const [first] = receiver.indexes();
    assert.ok(first !== undefined && first > 0);
  });

  it('waits for a receiver that is down, longer each time, and gives it everything then', async () => {
    const id = await aSink();
    receiver.behaviour.answer = (_, response) => void response.writeHead(503).end();
    await write(2);
    await deliver();
    assert.equal(receiver.attempts(), 1);
    assert.deepEqual(pick(await state(id)), ['retrying', 'status_503', 0]);
    await deliver();
    assert.equal(receiver.attempts(), 1, 'not before its time');
    for (let attempt = 0; attempt < 8; attempt++) {
      later(hourMs);
      await deliver();
    }
    assert.equal(receiver.attempts(), 9);
    receiver.behaviour.answer = (_, response) => taken(response);
    later(hourMs);
    await deliver();
    assert.deepEqual(pick(await state(id)), ['active', null, 0]);
    assert.ok(receiver.indexes().length > 2);
  });

  it('is not held up by another one that hangs', async () => {
    const hanging = await startSinkReceiver(() => secret);
    hanging.behaviour.answer = () => {};
    await aSink({ url: hanging.url, name: 'hanging' });
    await aSink();
    await write(1);
    const delivering = deliver();
    while (receiver.batches.length === 0) await new Promise(resolve => setImmediate(resolve));
    assert.equal(hanging.batches.length, 0);
    await hanging.close();
    await delivering;
  });

  it('puts aside what a receiver refuses for what it is, says so in the log, and goes on', async () => {
    const id = await aSink();
    receiver.behaviour.answer = ({ entries }, response) => {
      const poison = entries.some(({ entry }) => entry.operation === 'sink.created');
      if (poison) response.writeHead(422).end();
      else taken(response);
    };
    await write(2);
    await deliver();
    assert.deepEqual(pick(await state(id)), ['active', null, 1]);
    const letters = JSON.parse((await ask('GET', `${at()}/${id}/dead-letters`)).text).deadLetters;
    assert.equal(letters.length, 1);
    assert.equal(letters[0].problem, 'status_422');
    const log = await api.log();
    assert.equal(
      log.filter(({ operation, entry }) => operation === 'sink.dead_lettered' && entry.includes(id)).length,
      1,
    );
    await deliver();
    assert.ok(!receiver.operations().includes('sink.dead_lettered'), 'a sink is not told of its own trouble');

    receiver.behaviour.answer = (_, response) => taken(response);
    const asked = await ask('POST', `${at()}/${id}/dead-letters/retry`, {});
    assert.equal(asked.at('wanted'), 1);
    await deliver();
    assert.ok(receiver.operations().includes('sink.created'));
    assert.equal((await state(id)).deadLetters, 0);
  });

  it('takes a receiver that refuses everything for one that is out of order', async () => {
    const id = await aSink();
    receiver.behaviour.answer = (_, response) => void response.writeHead(400).end();
    await write(8);
    await deliver();
    assert.deepEqual(pick(await state(id)), ['blocked', 'refuses_everything', 3]);
    const log = await api.log();
    assert.equal(log.filter(({ operation, entry }) => operation === 'sink.blocked' && entry.includes(id)).length, 1);
  });

  it('is paused and resumed, and loses nothing in between', async () => {
    const id = await aSink({ from: 'beginning' });
    assert.equal((await ask('PATCH', `${at()}/${id}`, { paused: true })).at('sink.state'), 'paused');
    await write(2);
    await deliver();
    assert.equal(receiver.attempts(), 0);
    assert.equal((await ask('PATCH', `${at()}/${id}`, { paused: false })).at('sink.state'), 'active');
    await deliver();
    const indexes = receiver.indexes();
    assert.deepEqual(
      indexes,
      indexes.map((_, n) => n),
    );
  });

  it('signs with a new secret once it has one', async () => {
    const id = await aSink();
    const changed = await ask('PATCH', `${at()}/${id}`, { newSecret: true });
    assert.notEqual(changed.at('secret'), secret);
    secret = String(changed.at('secret'));
    await deliver();
    assert.ok(receiver.batches.length > 0);
    assert.ok(receiver.batches.every(({ isSigned }) => isSigned));
  });

  it('is tested with an entry that says nothing', async () => {
    const id = await aSink();
    assert.equal((await ask('POST', `${at()}/${id}/test`)).at('problem'), null);
    assert.deepEqual(receiver.operations(), ['sink.test']);
    receiver.behaviour.answer = (_, response) => void response.writeHead(401).end();
    assert.equal((await ask('POST', `${at()}/${id}/test`)).at('problem'), 'status_401');
  });

  it('is made, changed and removed by those who may manage and read the log, and each is in the log', async () => {
    const id = await aSink();
    const viewer = await api.people.aMember(workspace, 'editor');
    const other = await api.cookieOf(viewer);
    const body = { kind: 'webhook', settings: { url: receiver.url }, name: 'mine' };
    assert.equal((await api.send('POST', at(), { cookie: other, body })).status, 403);
    assert.equal((await api.send('GET', at(), { cookie: other })).status, 403);
    assert.equal((await ask('DELETE', `${at()}/${id}`)).status, 204);
    assert.equal((await ask('DELETE', `${at()}/${id}`)).status, 404);
    const names = (await api.log()).filter(({ entry }) => entry.includes(id)).map(({ operation }) => operation);
    assert.ok(names.includes('sink.created') && names.includes('sink.removed'));
  });

  it('of one workspace is nothing to another', async () => {
    const id = await aSink();
    const elsewhere = await api.people.aWorkspace();
    await api.people.join(elsewhere, admin, 'admin');
    const path = `/api/workspaces/${elsewhere}/sinks`;
    assert.equal((await ask('DELETE', `${path}/${id}`)).status, 404);
    assert.equal((await ask('GET', `${path}/${id}/dead-letters`)).status, 404);
    assert.deepEqual(JSON.parse((await ask('GET', path)).text).sinks, []);
    await deliver();
    assert.ok(receiver.batches.every(({ entries }) => entries.every(({ entry }) => !entry.id.includes(elsewhere))));
  });

  it('is sent to no address that is not public', async () => {
    const id = await aSink({ url: 'https://10.0.0.1/log' });
    assert.equal((await ask('POST', `${at()}/${id}/test`)).at('problem'), 'forbidden');
  });
});

function pick({ state, problem, deadLetters }: { state: string; problem: string | null; deadLetters: number }) {
  return [state, problem, deadLetters];
}
