import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidNamed } from '../../emulator/identifiers.ts';
import { portcullisHere } from '../cli/run.ts';
import { Browser } from '../connect/browser.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';

const globex = uuidNamed('globex/workspace');

describe('webhooks between the demo and its Notion', () => {
  let demo: DemoInProcess;
  let browser: Browser;
  let cookie: string;
  let clientId: string;
  before(async () => {
    demo = await startDemoInProcess();
    const [installation] = (await demo.emulator.installations()).filter(one => one.clientId !== null && !one.revoked);
    clientId = installation?.clientId ?? '';
    const token = new URLSearchParams(new URL(demo.ready.signInUrl).hash.slice(1)).get('token');
    const signedIn = await ask('POST', '/api/sign-in/link', { body: JSON.stringify({ token }) });
    cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    browser = new Browser(demo.ready.url, { workspaceId: globex }, cookie);
  });
  after(() => demo.stop());

  const ask = (method: string, path: string, init: RequestInit = {}) =>
    fetch(demo.ready.url + path, {
      method,
      ...init,
      headers: { 'content-type': 'application/json', 'x-portcullis': '1', ...(cookie && { cookie }) },
    });
  /** The command line, as the holder of the admin's key or, with `--deployment`, as the operator of the demo. */
  const webhooks = async (...words: string[]) => {
    const run = await portcullisHere(['webhooks', ...words], {
      ...demo.env,
      PORTCULLIS_URL: demo.ready.url,
      PORTCULLIS_KEY: demo.ready.keys.admin,
    });
    assert.equal(run.code, 0, run.err);
    return run.out.trim();
  };
  /** Sets up what a person would: an address, pasted at Notion, and its token, pasted there too. */
  async function agree(...place: string[]): Promise<{ id: string; atNotion: string }> {
    const made = JSON.parse(await webhooks('add', '--json', ...place)) as { id: string; url: string };
    const { id: atNotion } = await demo.emulator.subscribe({ url: made.url, clientId });
    const token = await webhooks('token', made.id, ...place);
    assert.equal((await demo.emulator.verifySubscription({ subscriptionId: atNotion, token })).active, true);
    return { id: made.id, atNotion };
  }
  /** Webhook events in the log of a workspace, by this subscription. */
  async function heard(workspaceId: string, subscription: string): Promise<string[]> {
    const answer = await ask('GET', `/api/audit?operation=webhook.event&workspace=${workspaceId}`);
    const { entries } = (await answer.json()) as { entries: { detail: Record<string, unknown> }[] };
    return entries
      .filter(({ detail }) => detail.subscription === subscription)
      .map(({ detail }) => `${detail.type} ${detail.effect} ${detail.object}`)
      .sort();
  }
  async function deliver({ atNotion }: { atNotion: string }): Promise<void> {
    await demo.emulator.deliverWebhooks();
    const deliveries = (await demo.emulator.webhookDeliveries()).filter(one => one.subscriptionId === atNotion);
    assert.deepEqual(new Set(deliveries.map(one => `${one.state} ${one.lastStatus}`)), new Set(['delivered 200']));
  }

  it('are agreed on by handshake, and tell of a page that a person moves and deletes', async () => {
    const agreed = await agree();
    const { id } = agreed;
    const { restricted, public: target } = demo.ready.pages;
    await demo.emulator.move({ pageId: restricted, parentId: target });
    await demo.emulator.setTrash({ pageId: restricted, inTrash: true });
    await demo.emulator.setTrash({ pageId: restricted, inTrash: false });
    await deliver(agreed);
    assert.deepEqual(
      await heard(demo.ready.workspaceId, id),
      ['page.deleted', 'page.moved', 'page.undeleted'].map(type => `${type} page_changed ${restricted}`),
    );
    assert.match(await webhooks('list'), new RegExp(`^${id}  confirmed  http\\S+  last event \\S+$`));
    await webhooks('remove', id);
    assert.equal(await webhooks('list'), '');
  });

  it('tell of each workspace behind one integration, each in its own log, also when one joins later', async () => {
    const agreed = await agree('--deployment');
    const { id } = agreed;
    const plans = uuidNamed('globex/plans');
    const { restricted } = demo.ready.pages;
    const unconfirmed = await browser.reach();
    const { botId } = (await demo.emulator.installations()).find(one => one.workspaceId === globex) ?? { botId: '' };
    await demo.emulator.share({ pageId: uuidNamed('globex/root'), botId });

    // Globex has consented at Notion, and the connection is not confirmed here: the workspace has no members yet.
    await demo.emulator.setTrash({ pageId: plans, inTrash: true });
    await deliver(agreed);
    await browser.answer(unconfirmed);
    const { workspaces } = (await (await ask('GET', '/api/workspaces')).json()) as { workspaces: Workspace[] };
    const joined = workspaces.find(one => one.id !== demo.ready.workspaceId) ?? assert.fail('Globex is not there');
    assert.deepEqual(await heard(joined.id, id), []);

    await demo.emulator.setTrash({ pageId: plans, inTrash: false });
    await demo.emulator.setTrash({ pageId: restricted, inTrash: true });
    await deliver(agreed);
    assert.deepEqual(await heard(joined.id, id), [`page.undeleted page_changed ${plans}`]);
    assert.deepEqual(await heard(demo.ready.workspaceId, id), [`page.deleted page_changed ${restricted}`]);
    assert.match(await webhooks('list', '--deployment'), /^whs_\S+ {2}confirmed /);
    assert.equal(await webhooks('list'), '', 'no workspace has it');

    // A disconnected workspace gets no more events.
    const { connections } = (await (await ask('GET', `/api/workspaces/${joined.id}/connections`)).json()) as {
      connections: { id: string }[];
    };
    const gone = await ask('DELETE', `/api/workspaces/${joined.id}/connections/${connections[0]?.id}`);
    assert.ok(gone.ok, await gone.text());
    await demo.emulator.setTrash({ pageId: restricted, inTrash: false });
    await deliver(agreed);
    assert.equal((await heard(joined.id, id)).length, 1);
    assert.equal((await heard(demo.ready.workspaceId, id)).length, 2);
  });
});

interface Workspace {
  readonly id: string;
}
