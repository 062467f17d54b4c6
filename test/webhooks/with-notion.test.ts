import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Demo, startDemo } from '../e2e/demo.ts';

describe('webhooks between the demo and its Notion', () => {
  let demo: Demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo.stop());

  const call = async (method: string, path: string) => {
    const headers = { authorization: `Bearer ${demo.ready.keys.admin}` };
    const answer = await fetch(`${demo.ready.url}/api/workspaces/${demo.ready.workspaceId}${path}`, {
      method,
      headers,
    });
    return (await answer.json()) as Record<string, string> & { subscriptions: Record<string, string>[] };
  };

  it('are agreed on by handshake, and tell of a page that a person moves and deletes', async () => {
    const [installation] = (await demo.emulator.installations()).filter(one => one.clientId !== null && !one.revoked);
    const { id, url = '' } = await call('POST', '/webhooks');
    const { id: atNotion } = await demo.emulator.subscribe({ url, clientId: installation?.clientId ?? '' });
    const { verificationToken: token = '' } = await call('POST', `/webhooks/${id}/token`);
    assert.equal((await demo.emulator.verifySubscription({ subscriptionId: atNotion, token })).active, true);

    const { restricted, public: target } = demo.ready.pages;
    await demo.emulator.move({ pageId: restricted, parentId: target });
    await demo.emulator.setTrash({ pageId: restricted, inTrash: true });
    await demo.emulator.setTrash({ pageId: restricted, inTrash: false });
    await demo.emulator.deliverWebhooks();
    const deliveries = await demo.emulator.webhookDeliveries();
    assert.deepEqual(deliveries.map(({ type, state, lastStatus }) => `${type} ${state} ${lastStatus}`).sort(), [
      'page.deleted delivered 200',
      'page.moved delivered 200',
      'page.undeleted delivered 200',
    ]);

    const { subscriptions } = await call('GET', '/webhooks');
    assert.deepEqual(
      subscriptions.map(one => [one.id, one.state]),
      [[id, 'confirmed']],
    );
    const headers = { authorization: `Bearer ${demo.ready.keys.admin}` };
    const log = await fetch(`${demo.ready.url}/api/audit?operation=webhook.event`, { headers });
    const { entries } = (await log.json()) as { entries: { detail: Record<string, unknown> }[] };
    assert.deepEqual(
      entries.map(({ detail }) => `${detail.type} ${detail.effect} ${detail.object}`).sort(),
      ['page.deleted', 'page.moved', 'page.undeleted'].map(type => `${type} page_changed ${restricted}`),
    );
  });
});
