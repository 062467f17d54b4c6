import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { verifyWebhookSignature } from '@notionhq/client';
import { until } from '../../test/until.ts';
import { type Authorized, authorize, CALLBACK } from '../authorized.ts';
import { type EmulatorControl, emulatorControl } from '../control.ts';
import { type Emulator, startEmulator } from '../server.ts';

describe('webhooks', () => {
  let emulator: Emulator;
  let control: EmulatorControl;
  let acme: Authorized;
  const received: { signature: string; body: string }[] = [];
  let answer = 200;
  /** What the receiver waits for before it answers. */
  let held: Promise<void> | null = null;
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ signature: String(request.headers['x-notion-signature']), body });
    await held;
    response.writeHead(answer).end();
  });
  let token = '';

  before(async () => {
    await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve));
    emulator = await startEmulator({ redirectUris: [CALLBACK] });
    control = emulatorControl(emulator.url, emulator.controlToken);
    acme = await authorize(emulator, { pageIds: [emulator.pages.public] });
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const { id } = await control.subscribe({ url, clientId: emulator.clientId });
    const handshake = received.shift();
    ({ verification_token: token } = JSON.parse(handshake?.body ?? '{}'));
    assert.equal((await control.verifySubscription({ subscriptionId: id, token: 'wrong' })).active, false);
    assert.equal((await control.verifySubscription({ subscriptionId: id, token })).active, true);
  });
  after(async () => {
    receiver.close();
    await emulator.close();
  });

  const events = async () => {
    await control.deliverWebhooks();
    return received
      .splice(0)
      .map(({ body }) => JSON.parse(body) as Record<string, unknown> & { entity: { id: string } });
  };
  const rename = (pageId: string, content: string) =>
    acme.notion.pages.update({ page_id: pageId, properties: { title: { title: [{ text: { content } }] } } });

  it('tell of changes with a signature that the official client accepts', async () => {
    const page = await acme.notion.pages.create({ parent: { page_id: emulator.pages.public } });
    await control.deliverWebhooks();
    const created = received.find(({ body }) => body.includes('"page.created"'));
    assert.ok(created !== undefined);
    assert.equal(await verifyWebhookSignature({ ...created, verificationToken: token }), true);
    assert.equal(await verifyWebhookSignature({ ...created, verificationToken: `${token}x` }), false);
    const event = JSON.parse(created.body);
    assert.deepEqual(event.entity, { id: page.id, type: 'page' });
    assert.deepEqual(event.data.parent, { id: emulator.pages.public, type: 'page' });
    assert.deepEqual(event.authors, [{ id: acme.botId, type: 'bot' }]);
    assert.deepEqual([event.attempt_number, event.workspace_name], [1, 'Acme']);
    assert.ok(event.accessible_by.some((one: { id: string }) => one.id === acme.botId));
    received.length = 0;
  });

  it('have arrived once deliveries are asked for, though the emulator began them by itself', async () => {
    let release = () => {};
    held = new Promise(resolve => {
      release = resolve;
    });
    await acme.notion.pages.create({ parent: { page_id: emulator.pages.public } });
    const begun = control.deliverWebhooks();
    await until('the delivery', () => received.length === 1);
    let answered = false;
    const asked = control.deliverWebhooks().finally(() => {
      answered = true;
    });
    // The emulator has answered what was asked after that.
    await control.webhookDeliveries({});
    assert.equal(answered, false);
    release();
    held = null;
    assert.deepEqual([(await begun).attempts, (await asked).attempts], [1, 1]);
    received.length = 0;
  });

  it('join several edits of one thing into one event', async () => {
    const { id } = await acme.notion.pages.create({ parent: { page_id: emulator.pages.public } });
    await events();
    await rename(id, 'one');
    await rename(id, 'two');
    const sent = await events();
    assert.deepEqual(
      sent.map(event => event.type),
      ['page.properties_updated'],
    );
  });

  it('say nothing of what the connection cannot see, nor that it was removed', async () => {
    await control.move({ pageId: emulator.pages.restricted, parentId: emulator.pages.unshared });
    assert.deepEqual(await events(), []);
    const other = await authorize(emulator, { personId: emulator.people[1]?.id ?? '' });
    await control.revoke({ botId: other.botId });
    assert.deepEqual(await events(), []);
  });

  it('are tried eight times over a day, and then no more', async () => {
    const { id } = await acme.notion.pages.create({ parent: { page_id: emulator.pages.public } });
    await events();
    answer = 500;
    await rename(id, 'unlucky');
    const attempts: unknown[] = [];
    for (let hour = 0; hour < 30 * 60; hour += 5) {
      attempts.push(...(await events()).map(event => event.attempt_number));
      await control.setClock({ advanceMs: 5 * 60_000 });
    }
    assert.deepEqual(attempts, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.equal((await control.webhookDeliveries()).at(-1)?.state, 'given_up');
    answer = 200;
  });
});
