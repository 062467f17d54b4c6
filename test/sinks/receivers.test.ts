/** Receivers of other kinds than webhooks, and those that the settings of the deployment name. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { WorkspaceId } from '../../src/domain/ids.ts';
import { hourMs } from '../../src/domain/units.ts';
import { type AdminApi, openAdminApi } from '../admin-api.ts';
import { loopbackCertificate } from '../net/loopback-certificate.ts';
import { until } from '../until.ts';
import { openNotionDemo } from './notion-demo.ts';
import { startSinkReceiver } from './receiver.ts';
import { startSyslogReceiver } from './syslog-receiver.ts';

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

describe('sinks that an admin makes', () => {
  let api: AdminApi;
  let cookie: string;
  let sinks: string;

  before(async () => {
    api = await openAdminApi();
    const workspace = await api.people.aWorkspace();
    cookie = await api.cookieOf(await api.people.aMember(workspace, 'admin'));
    sinks = `/api/workspaces/${workspace}/sinks`;
  });
  after(() => api.close());

  const make = (body: object) =>
    api.send('POST', sinks, { cookie, body: { name: 'a sink', from: 'beginning', ...body } });
  const problemOf = async (id: unknown) =>
    JSON.parse((await api.send('GET', sinks, { cookie })).text).sinks.find((one: { id: string }) => one.id === id)
      .problem;

  it('give syslog every entry over TLS, once it believes the certificate', async () => {
    const receiver = await startSyslogReceiver({ tls: true });
    const settings = { host: 'localhost', port: receiver.port };
    const stranger = await make({ kind: 'syslog', settings });
    await api.upkeep.deliverToSinks();
    assert.equal(await problemOf(stranger.at('sink.id')), 'unsent');
    assert.equal(receiver.messages.length, 0);
    await make({ kind: 'syslog', settings: { ...settings, ca: loopbackCertificate.cert } });
    await api.upkeep.deliverToSinks();
    const indexes = receiver.messages.map(message => Number(/ index="(\d+)"/.exec(message)?.[1]));
    assert.ok(indexes.length > 2);
    assert.deepEqual(
      indexes,
      indexes.map((_, n) => n),
    );
    assert.ok(receiver.entries().some(({ operation }) => operation === 'sink.created'));
    await receiver.close();
  });

  it('wait for a syslog that cuts the connection', async () => {
    const receiver = await startSyslogReceiver();
    receiver.behaviour.reads = false;
    const made = await make({ kind: 'syslog', settings: { host: '127.0.0.1', port: receiver.port, transport: 'tcp' } });
    await api.upkeep.deliverToSinks();
    receiver.behaviour.reads = true;
    api.people.clock.advance(hourMs);
    await api.upkeep.deliverToSinks();
    assert.equal(await problemOf(made.at('sink.id')), null);
    assert.ok(receiver.entries().some(({ operation }) => operation === 'sink.created'));
    await receiver.close();
  });

  it('reach no syslog on an inner network', async () => {
    const made = await make({ kind: 'syslog', settings: { host: '10.0.0.1' } });
    const tested = await api.send('POST', `${sinks}/${made.at('sink.id')}/test`, { cookie });
    assert.equal(tested.at('problem'), 'forbidden');
  });

  it('are told in OCSF where they ask for it', async () => {
    let key = '';
    const receiver = await startSinkReceiver(() => key);
    const made = await make({ kind: 'webhook', settings: { url: receiver.url, format: 'ocsf' } });
    key = String(made.at('secret'));
    await api.upkeep.deliverToSinks();
    const events = receiver.batches.flatMap(batch => batch.events);
    assert.ok(events.length > 2);
    assert.ok(events.every(event => [6003, 3002].includes(event.class_uid)));
    await receiver.close();
  });
});

describe('sinks that the settings ask for', () => {
  let directory: string;
  let syslog: Awaited<ReturnType<typeof startSyslogReceiver>>;
  let webhook: Awaited<ReturnType<typeof startSinkReceiver>>;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'portcullis-sinks-'));
    syslog = await startSyslogReceiver();
    webhook = await startSinkReceiver(() => secret);
  });
  after(async () => {
    await syslog.close();
    await webhook.close();
    await rm(directory, { recursive: true });
  });

  it('have every log, those of workspaces that come later from the beginning, and each line once', async () => {
    const path = join(directory, 'audit.jsonl');
    const api = await openAdminApi(
      {},
      {
        PORTCULLIS_SINK_FILE: path,
        PORTCULLIS_SINK_SYSLOG_URL: `tcp://127.0.0.1:${syslog.port}`,
        PORTCULLIS_SINK_WEBHOOK_URL: webhook.url,
        PORTCULLIS_SINK_WEBHOOK_SECRET: secret,
      },
    );
    await api.upkeep.deliverToSinks();
    const workspace = await api.people.aWorkspace();
    const cookie = await api.cookieOf(await api.people.aMember(workspace, 'admin'));
    const listed = () => api.send('GET', `/api/workspaces/${workspace}/sinks`, { cookie });
    await listed();
    await api.upkeep.deliverToSinks();
    await rename(path, `${path}.1`);
    await listed();
    await api.upkeep.deliverToSinks();
    const lines = [await readFile(`${path}.1`, 'utf8'), await readFile(path, 'utf8')].join('').trimEnd().split('\n');
    const entries = lines.map(line => JSON.parse(line));
    const own = entries.filter(({ log }) => log === workspace).map(({ index }) => index);
    assert.ok(own.length >= 3);
    assert.deepEqual(
      own,
      own.map((_, n) => n),
    );
    assert.ok(entries.some(({ log }) => log === 'deployment'));
    assert.ok(entries.every(({ level }) => level === 'audit'));
    const sent = syslog.entries().filter(({ workspace: of }) => of === workspace);
    assert.ok(sent.length >= 3);
    assert.ok(webhook.batches.length > 1 && webhook.batches.every(({ isSigned }) => isSigned));

    const { sinks } = JSON.parse((await listed()).text);
    const names = sinks.map(({ name, origin }: { name: string; origin: string }) => `${origin} ${name}`).sort();
    assert.deepEqual(names, [
      'settings PORTCULLIS_SINK_FILE',
      'settings PORTCULLIS_SINK_SYSLOG_URL',
      'settings PORTCULLIS_SINK_WEBHOOK_URL',
    ]);
    const refused = await api.send('DELETE', `/api/workspaces/${workspace}/sinks/${sinks[0].id}`, { cookie });
    assert.equal(refused.status, 409);
    await api.close();
  });

  it('are given entries by a gateway that runs by itself, while it runs and after it was quiet', async () => {
    const path = join(directory, 'by-itself.jsonl');
    const api = await openAdminApi({ background: true, now: () => new Date() }, { PORTCULLIS_SINK_FILE: path });
    const lines = async () => (await readFile(path, 'utf8').catch(() => '')).split('\n').length - 1;
    const workspace = await api.people.aWorkspace();
    const cookie = await api.cookieOf(await api.people.aMember(workspace, 'admin'));
    for (let n = 0; n < 2; n++) {
      const before = await lines();
      // What was written before the setting was first seen is not among them, so it is asked more than once.
      await until('entries in the file', async () => {
        await api.send('GET', `/api/workspaces/${workspace}/sinks`, { cookie });
        return (await lines()) > before;
      });
    }
    await api.close();
  });

  it('write into the database that NOTION_AUDIT_DB_ID names, for the workspace that it is in and no other', async () => {
    let database = '';
    const demo = await openNotionDemo(async notionAsk => {
      const text = { rich_text: {} };
      const properties = {
        Action: { title: {} },
        User: text,
        Result: { select: {} },
        Resource: text,
        Timestamp: { date: {} },
      };
      const made = await notionAsk.ask('POST', '/v1/databases', {
        parent: { type: 'page_id', page_id: notionAsk.root },
        initial_data_source: { properties },
      });
      database = String(made.id);
      return { NOTION_AUDIT_DB_ID: database };
    });
    const other = 'wsp_01900000-0000-7000-8000-000000000001' as WorkspaceId;
    const row = {
      id: other,
      notion_workspace_id: other.slice('wsp_'.length),
      name: 'Other',
      icon: null,
      confirmed_at: new Date(0),
      created_at: new Date(0),
    };
    await demo.gateway.database.system.insertInto('workspace').values(row).execute();
    await demo.gateway.upkeep.deliverToSinks();
    const { keys, pages, workspaceId } = demo.ready;
    assert.equal((await demo.ask('GET', `/v1/pages/${pages.restricted}`, keys.viewer)).status, 404);
    await demo.gateway.upkeep.deliverToSinks();
    const query = demo.gateway.database.system.selectFrom('sink').select(['workspace_id', 'state']);
    const placed = await query.where('kind', '=', 'notion').execute();
    assert.deepEqual(placed, [{ workspace_id: workspaceId, state: 'active' }]);
    const [source] = (await demo.notionAsk('GET', `/v1/databases/${database}`)).data_sources as unknown as {
      id: string;
    }[];
    const page = await demo.notionAsk('POST', `/v1/data_sources/${source?.id}/query`, {});
    const rows = page.results as unknown as { properties: { Result: { select: { name: string } } } }[];
    assert.ok(rows.some(({ properties }) => properties.Result.select.name === 'denied'));
    await demo.close();
  });
});
