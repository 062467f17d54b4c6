/** The parts of the dashboard about connections: their states, what they can do and see, and hearing from Notion. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { signWebhookPayload } from '@notionhq/client';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { chromiumUnavailable, launchChromium } from './chromium.ts';
import { picture } from './look.ts';
import { signInBy } from './sign-in.ts';
import { createVisits, forgive, type Visits } from './visits.ts';
import { assertAccessible } from './watched-page.ts';

const narrow = { viewport: { width: 390, height: 800 } };
const hostile = '<img src="https://evil.example/x.png" onerror="alert(1)">\u001b]0;owned\u0007\u202egnp.exe';

describe('the dashboard of connections', { skip: chromiumUnavailable() }, () => {
  let demo: DemoInProcess;
  let browser: Browser;
  let visits: Visits;
  let session: Awaited<ReturnType<typeof signInBy>>;
  let botId: string;

  before(async () => {
    // One after the other: a browser whose demo did not start would be left behind.
    browser = await launchChromium();
    demo = await startDemoInProcess();
    visits = createVisits(browser, demo);
    session = await signInBy(browser, demo.ready.signInUrl);
    botId = (await demo.emulator.installations()).find(one => one.clientId !== null && !one.revoked)?.botId ?? '';
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });
  afterEach(() => visits.end());

  /** A page of the workspace, in a browser that is signed in. */
  async function opened(tab: string, options: BrowserContextOptions = {}): Promise<Page> {
    const { page } = await visits.open({ ...options, storageState: session });
    await page.goto(`${demo.ready.url}/workspaces/${demo.ready.workspaceId}/${tab}`);
    return page;
  }

  const createPage = (title: string) =>
    fetch(`${demo.ready.url}/v1/pages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${demo.ready.keys.editor}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        parent: { page_id: demo.ready.pages.public },
        properties: { title: { title: [{ text: { content: title } }] } },
      }),
    });

  it('says what a connection can do too little, and what to change at Notion', async () => {
    const page = await opened('overview');
    const card = page.getByRole('article', { name: 'Notion REST API' });
    await card.getByText('Connected', { exact: true }).first().waitFor();
    await card.getByText('all members, by role').waitFor();
    await card.getByText('not since it was connected').waitFor();
    await card.getByText('Nothing is known yet of what it can do at Notion.').waitFor();

    await demo.emulator.setCapabilities({ botId, capabilities: { insert_comments: false } });
    await card.getByRole('link', { name: 'All about its access' }).click();
    await page.getByRole('button', { name: 'Ask Notion' }).click();
    const table = page.getByRole('table', { name: 'Capabilities of Notion REST API' });
    const row = table.getByRole('row').filter({ hasText: 'Insert comments' });
    await row.getByText('Missing').waitFor();
    await row
      .getByText(/^Turn on "Insert comments" in the settings/)
      .last()
      .waitFor();
    await assertAccessible(page);

    await page.getByRole('tab', { name: 'Overview' }).click();
    const findings = card.getByRole('region', { name: 'Access at Notion' });
    await findings.getByText('It lacks something at Notion that is needed here:').waitFor();
    await assertAccessible(page);
    await assertFits(await opened('overview', narrow), 'Access at Notion');
    await demo.emulator.setCapabilities({ botId, capabilities: { insert_comments: true } });
  });

  it('lists what is shared, titles as the text that they are, and goes on where it stopped', async () => {
    assert.equal((await createPage(hostile)).status, 200);
    for (let at = 0; at < 100; at++) assert.equal((await createPage(`Filler ${at}`)).status, 200);
    for (const options of [{}, narrow]) {
      const page = await opened('access', options);
      await page.getByRole('button', { name: 'Ask Notion' }).click();
      await page.getByRole('button', { name: 'Show more' }).waitFor();
      await demo.emulator.addFault({ kind: 'respond', path: '/v1/search', status: 503, times: 1 });
      await page.getByRole('button', { name: 'Show more' }).click();
      await page.getByText(/^Notion did not answer/).waitFor();
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByText('That is all that search tells.').waitFor();

      const seen = page.getByRole('table', { name: 'What connections see' });
      assert.equal(await seen.getByRole('row').count(), 2, 'the heading, and the one root');
      await page.getByText(/^All \(\d{3}\)$/).click();
      await seen.getByText('<img src="https://evil.example/x.png"').first().waitFor();
      assert.equal(await page.locator('img').count(), 0);
      const pager = page.getByRole('status').filter({ hasText: /^1 to 25 of 1\d\d$/ });
      await pager.waitFor();
      await page.getByLabel('Search what connections see').fill('filler 9');
      await page.getByRole('status').filter({ hasText: '11 in all' }).waitFor();
      await assertAccessible(page);
      await assertFits(page, 'What they see');
    }
  });

  it('agrees with Notion on a webhook, shows its token once, and ends it', async () => {
    const page = await opened('webhooks');
    const { card, url, token, clientId } = await agreeOnAddress(page);
    await sendUnknownEvent(url, token, clientId);
    await card.getByRole('button', { name: /^Events kept aside/ }).click();
    await page.getByRole('table', { name: 'Events kept aside' }).getByText('page.teleported').waitFor();
    await assertAccessible(page);
    await assertFits(await opened('webhooks', narrow), 'Hearing from Notion');
    await endAddress(page, card, url);
  });

  it('agrees with Notion on a webhook of all workspaces, beside their list', async () => {
    const { page } = await visits.open({ storageState: session });
    await page.goto(`${demo.ready.url}/workspaces`);
    await page.getByRole('link', { name: 'Webhooks of all workspaces' }).click();
    await page.getByRole('heading', { name: 'Webhooks of all workspaces', level: 1 }).waitFor();
    const { card, url } = await agreeOnAddress(page);
    const { page: phone } = await visits.open({ ...narrow, colorScheme: 'dark', storageState: session });
    await phone.goto(page.url());
    await phone.getByText('Confirmed').first().waitFor();
    await assertFits(phone, 'Hearing from Notion');
    await endAddress(page, card, url);
  });

  it('shows the webhooks of all workspaces to nobody who may not connect new ones', async () => {
    const { page } = await visits.open({ storageState: session });
    // The server's answer about who this is, without the rights above a workspace.
    await page.route('**/api/me', async route => {
      const answer = await route.fetch();
      const me = (await answer.json()) as { user: object };
      await route.fulfill({ response: answer, json: { ...me, user: { ...me.user, deploymentRights: [] } } });
    });
    await page.goto(`${demo.ready.url}/workspaces`);
    await page.getByRole('link', { name: 'Acme' }).first().waitFor();
    assert.equal(await page.getByRole('link', { name: 'Webhooks of all workspaces' }).count(), 0);
    await page.goto(`${demo.ready.url}/deployment/webhooks`);
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  });

  it('says of an address that has waited for too long that it is to be reset', async () => {
    const { page } = await visits.open({ storageState: session });
    await page.goto(`${demo.ready.url}/deployment/webhooks`);
    await page.getByRole('button', { name: 'Make an address' }).click();
    const card = page.getByRole('article', { name: /^address ending/ });
    await card.getByText('Waiting for Notion').waitFor();
    await page.clock.setFixedTime(Date.now() + 25 * 3_600_000);
    await page.reload();
    await card.getByText('No longer waiting').waitFor();
    await card.getByText(/Reset, and give Notion the new address/).waitFor();
    await removeAddress(page, card);
  });

  /** Makes an address, gives it to Notion, verifies it by the token that came, and has it confirmed by an event. */
  async function agreeOnAddress(page: Page) {
    await page.getByRole('button', { name: 'Make an address' }).click();
    const card = page.getByRole('article', { name: /^address ending/ });
    await card.getByText('Waiting for Notion').waitFor();
    const url = (await card.getByText(/\/webhooks\/notion\//).textContent()) ?? '';
    const installation = (await demo.emulator.installations()).find(one => one.botId === botId);
    const clientId = installation?.clientId ?? assert.fail('the demo is connected by OAuth');
    const { id } = await demo.emulator.subscribe({ url, clientId });

    await card.getByText('Token arrived').waitFor();
    await card.getByRole('button', { name: /^Show the token/ }).click();
    const box = page.getByRole('group', { name: 'Verification token' });
    const token = (await box.locator('pre').textContent()) ?? '';
    assert.equal((await demo.emulator.verifySubscription({ subscriptionId: id, token })).active, true);
    await assertAccessible(page);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await card.getByText('Token shown').waitFor();
    assert.ok(!(await page.content()).includes(token), 'the token was shown once');

    // Moved, and back again: the next test can do the same.
    for (const parentId of [demo.ready.pages.public, demo.ready.pages.root]) {
      await demo.emulator.move({ pageId: demo.ready.pages.restricted, parentId });
    }
    await demo.emulator.deliverWebhooks();
    // It would show by itself, as the token did, in as many seconds.
    await page.reload();
    await card.getByText('Confirmed').first().waitFor();
    return { card, url, token, clientId };
  }

  /** Resets the address, which makes it another one, and removes it. */
  async function endAddress(page: Page, card: Locator, url: string): Promise<void> {
    await card.getByRole('button', { name: /^Reset/ }).click();
    await page.getByRole('dialog', { name: 'Reset this address?' }).getByRole('button', { name: 'Reset' }).click();
    await card.getByText('Waiting for Notion').waitFor();
    assert.notEqual(await card.getByText(/\/webhooks\/notion\//).textContent(), url);
    await removeAddress(page, card);
  }

  async function removeAddress(page: Page, card: Locator): Promise<void> {
    await card.getByRole('button', { name: /^Remove/ }).click();
    await page.getByRole('dialog', { name: 'Remove this address?' }).getByRole('button', { name: 'Remove' }).click();
    await page.getByText('There is no address yet.').waitFor();
  }

  it('keeps the place of who works by keyboard: where a button waits, after a dialog, and where all is gone', async () => {
    const page = await opened('webhooks');
    const focused = page.locator(':focus');
    const make = page.getByRole('button', { name: 'Make an address' });
    await make.press('Enter');
    const remove = page.getByRole('button', { name: /^Remove address/ });
    await remove.waitFor();
    await focused.and(make).waitFor();

    await remove.press('Space');
    const dialog = page.getByRole('dialog');
    await focused.and(dialog.getByRole('button', { name: 'Cancel' })).waitFor();
    await page.keyboard.press('Escape');
    await focused.and(remove).waitFor();

    await page.keyboard.press('Enter');
    await focused.and(dialog.getByRole('button', { name: 'Cancel' })).waitFor();
    await page.keyboard.press('Tab');
    await focused.and(dialog.getByRole('button', { name: 'Remove' })).waitFor();
    await page.keyboard.press('Enter');
    await focused.and(page.getByRole('region', { name: 'Hearing from Notion' })).waitFor();
    assert.equal(await remove.count(), 0);
  });

  it('E4: offers no connecting by Notion MCP, and says of such a connection that nothing uses it yet', async () => {
    const page = await opened('overview');
    await page.getByRole('link', { name: 'Reconnect' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Connect by Notion MCP' }).count(), 0);
    await page.goto(`${demo.ready.url}/auth/notion-mcp?workspace=${demo.ready.workspaceId}`);
    await page.getByRole('heading', { name: /wants to use Notion MCP$/ }).waitFor();
    await page.getByRole('button', { name: 'Allow access' }).click();
    await page.getByRole('heading', { name: 'Add another connection to this workspace?' }).waitFor();
    await page.getByText('You alone').waitFor();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.waitForURL(url => !url.pathname.startsWith('/auth'));
    await page.goto(`${demo.ready.url}/workspaces/${demo.ready.workspaceId}`);
    const card = page.getByRole('article', { name: 'Notion MCP' });
    await card.getByText('Connected, not used yet', { exact: true }).waitFor();
    await assertAccessible(page);
  });

  it('shows no part and no workspace that is not there, and the way back', async () => {
    const { page, troubles } = await visits.open({ storageState: session });
    for (const path of [`${demo.ready.workspaceId}/keys`, 'wsp_00000000-0000-7000-8000-000000000000']) {
      await page.goto(`${demo.ready.url}/workspaces/${path}`);
      await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
      await page.getByRole('link', { name: 'All workspaces', exact: true }).waitFor();
    }
    forgive(troubles, 404);
  });

  it('takes a token that is pasted for what Notion says of it, and keeps none in the page', async () => {
    const { page, troubles } = await visits.open({ storageState: session });
    await page.goto(`${demo.ready.url}/workspaces/${demo.ready.workspaceId}`);
    const form = page.getByRole('form', { name: 'Connect by a token' });
    const field = form.getByRole('textbox', { name: 'Token of an internal integration' });
    const token = 'ntn_00000000000000000000wrong';
    await field.fill(token);
    await form.getByRole('button', { name: 'Connect by token' }).click();
    await form.getByRole('alert').waitFor();
    assert.equal(await field.inputValue(), '');
    assert.ok(!(await page.content()).includes(token));
    await assertAccessible(page);
    forgive(troubles, 400);
  });

  it('leads an admin who pastes a token of a workspace that is connected already to adding it, and keeps none', async () => {
    const { page } = await visits.open({ storageState: session });
    await page.goto(`${demo.ready.url}/workspaces`);
    const { internalToken } = demo.notion;
    const form = page.getByRole('form', { name: 'Connect a workspace by a token' });
    await form.getByRole('textbox', { name: 'Token of an internal integration' }).fill(internalToken);
    await form.getByRole('button', { name: 'Connect by token' }).click();
    await page.getByRole('heading', { name: 'Add another connection to this workspace?' }).waitFor();
    assert.ok(!(await page.content()).includes(internalToken));
    await picture(page, 'confirm-connect-desktop-light');
    await page.setViewportSize(narrow.viewport);
    await picture(page, 'confirm-connect-phone-light');
    await assertAccessible(page);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForLoadState();
  });

  it('says that a connection has come to its end, and how to begin anew', async () => {
    await demo.emulator.revoke({ botId });
    await fetch(`${demo.ready.url}/v1/users/me`, { headers: { authorization: `Bearer ${demo.ready.keys.viewer}` } });
    for (const options of [{}, { ...narrow, colorScheme: 'dark' as const }]) {
      const page = await opened('overview', options);
      const card = page.getByRole('article', { name: 'Notion REST API' });
      await card.getByText(/^Notion no longer accepts its tokens/).waitFor();
      const way = await card.getByRole('link', { name: 'Reconnect now' }).getAttribute('href');
      assert.equal(way, `/auth/notion?workspace=${demo.ready.workspaceId}`);
      await picture(page, `connection-ended-${'colorScheme' in options ? 'phone-dark' : 'desktop-light'}`);
      await assertAccessible(page);
      await assertFits(page, 'Connections to Notion');
    }
  });

  async function sendUnknownEvent(url: string, token: string, clientId: string): Promise<void> {
    const answer = await fetch(`${demo.ready.url}/api/workspaces/${demo.ready.workspaceId}`, {
      headers: { authorization: `Bearer ${demo.ready.keys.viewer}` },
    });
    const { notionWorkspaceId } = (await answer.json()) as { notionWorkspaceId: string };
    const body = JSON.stringify({
      id: crypto.randomUUID(),
      timestamp: new Date().toISOString(),
      workspace_id: notionWorkspaceId,
      subscription_id: crypto.randomUUID(),
      integration_id: clientId,
      attempt_number: 1,
      type: 'page.teleported',
      entity: { id: demo.ready.pages.public, type: 'page' },
    });
    const signature = await signWebhookPayload({ body, verificationToken: token });
    const headers = { 'content-type': 'application/json', 'x-notion-signature': signature };
    assert.equal((await fetch(url, { method: 'POST', headers, body })).status, 200);
  }
});

/** Nothing is wider than the screen once the named part is there. */
async function assertFits(page: Page, part: string): Promise<void> {
  await page.getByRole('region', { name: part }).first().waitFor();
  assert.equal(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    0,
    `${part} is not wider than the screen`,
  );
}
