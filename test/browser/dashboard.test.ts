/** The dashboard, as a person uses it: a real browser, the real gateway, and the emulator's consent page. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { chromiumUnavailable, launchChromium } from './chromium.ts';
import { createVisits, forgive, type Visits } from './visits.ts';
import { assertAccessible, type WatchedPage } from './watched-page.ts';

const password = 'seven rusty anchors';

describe('the dashboard', { skip: chromiumUnavailable() }, () => {
  let demo: DemoInProcess;
  let browser: Browser;
  let visits: Visits;

  before(async () => {
    // One after the other: a browser whose demo did not start would be left behind.
    browser = await launchChromium();
    demo = await startDemoInProcess();
    visits = createVisits(browser, demo);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });
  afterEach(() => visits.end());

  const open = (options?: BrowserContextOptions) => visits.open(options);

  async function signedIn(options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const opened = await open(options);
    const { page } = opened;
    await page.goto(`${demo.ready.url}/sign-in`);
    await page.getByLabel('Email').fill(await emailOfDemo());
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Workspaces', level: 1 }).waitFor();
    return opened;
  }

  let email: string | null = null;
  async function emailOfDemo(): Promise<string> {
    return email ?? assert.fail('the first test signs in by the link, and learns the address');
  }

  it('rule 27: signs in by the link, once, by POST, and erases its secret from the address', async () => {
    const token =
      new URLSearchParams(new URL(demo.ready.signInUrl).hash.slice(1)).get('token') ?? assert.fail('no token');
    const { page } = await open();
    const asked: string[] = [];
    page.on('request', request => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await page.goto(demo.ready.signInUrl);
    await page.getByRole('heading', { name: 'Choose a password' }).waitFor();
    assert.equal(page.url(), `${demo.ready.url}/sign-in`);
    assert.equal(asked.filter(request => request === 'POST /api/sign-in/link').length, 1);
    assert.ok(!(await page.content()).includes(token), 'the secret is nowhere in the page');
    await assertAccessible(page);

    await page.getByLabel('New password').fill(password);
    await page.getByRole('button', { name: 'Save the password' }).click();
    await page.getByRole('heading', { name: 'Workspaces', level: 1 }).waitFor();
    const me = await page.request.get(`${demo.ready.url}/api/me`);
    email = ((await me.json()) as { user: { email: string } }).user.email;

    const again = await open();
    await again.page.goto(demo.ready.signInUrl);
    await again.page.getByRole('heading', { name: 'The link did not work' }).waitFor();
    await again.page.getByRole('alert').waitFor();
    forgive(again.troubles, 401);
  });

  it('connects a second workspace, and shows how its viewer key was denied', async () => {
    const { page } = await signedIn();
    await assertAccessible(page);
    await page.getByRole('link', { name: 'Connect a workspace' }).click();

    // Notion's consent page, as the emulator draws it.
    await page.getByLabel('Person').selectOption({ label: 'Hank Owner (hank@globex.example)' });
    await page.getByLabel('Workspace').selectOption({ label: 'Globex (hank@globex.example)' });
    await page.getByRole('button', { name: 'Switch' }).click();
    await page.getByRole('group', { name: 'Pages in Globex' }).getByRole('checkbox').first().check();
    await page.getByRole('button', { name: 'Allow access' }).click();

    await page.getByRole('heading', { name: 'Connect this workspace?' }).waitFor();
    await page.getByText('Globex').first().waitFor();
    await page.getByRole('button', { name: 'Confirm' }).click();

    await page.getByRole('link', { name: 'Portcullis: all workspaces' }).click();
    await page.getByRole('link', { name: 'Globex' }).click();
    await page.getByRole('heading', { name: 'Globex', level: 1 }).waitFor();
    await page.getByText('Connected', { exact: true }).first().waitFor();
    await assertAccessible(page);

    await page.getByRole('tab', { name: 'Agents and keys' }).click();
    await page.getByLabel('Name of the agent').fill('night watch');
    await page.getByLabel('Role of the agent').selectOption('viewer');
    await page.getByRole('button', { name: 'Create agent' }).click();
    await page.getByRole('table', { name: 'Agents' }).getByText('night watch').waitFor();

    await page.getByLabel('Name of the key').fill('lantern');
    await page.getByRole('combobox', { name: 'Acts as' }).fill('night');
    await page.getByRole('option', { name: 'night watch' }).click();
    await page.getByLabel('Expires in').selectOption('7');
    await page.getByRole('button', { name: 'Create key' }).click();
    const secret =
      (await page.getByRole('group', { name: 'Key for lantern' }).getByText('pcl_').textContent())?.trim() ?? '';
    assert.match(secret, /^pcl_/);
    await assertAccessible(page);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByRole('table', { name: 'API keys' }).getByText('lantern').waitFor();
    await page.getByText('Waiting for the first call with this key.').waitFor();
    assert.ok(!(await page.content()).includes(secret), 'the key was shown once');

    // It appears by itself, without a reload.
    assert.equal((await createPage(secret)).status, 403);
    const first = page.getByRole('status', { name: 'First call' });
    await first.getByText('The first call was denied').waitFor();
    await first.getByText('the role does not allow it').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();

    await page.getByRole('tab', { name: 'Audit log' }).click();
    const log = page.getByRole('table', { name: 'Audit log' });
    await log.getByText('key.created').waitFor();
    assert.equal((await createPage(secret)).status, 403);
    const denial = log.getByRole('row').filter({ hasText: 'pages.create' }).first();
    await denial.getByText('Denied', { exact: true }).waitFor();
    await denial.getByRole('cell', { name: 'night watch', exact: true }).waitFor();
    await denial.getByRole('button', { name: 'Details of pages.create' }).click();
    await log.getByText('role viewer').first().waitFor();
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByLabel('Decision').selectOption({ label: 'Denied' });
    await log.getByText('key.created').waitFor({ state: 'detached' });
    await denial.waitFor();
    await assertAccessible(page);
  });

  function createPage(key: string): Promise<Response> {
    return fetch(`${demo.ready.url}/v1/pages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'notion-version': '2026-03-11' },
      body: JSON.stringify({ parent: { page_id: demo.ready.pages.public }, properties: {} }),
    });
  }

  it('shows hostile names as the text that they are', async () => {
    const { page } = await signedIn();
    const name = '<img src="https://evil.example/x.png" onerror="alert(1)"><script>alert(2)</script>';
    await page.getByRole('link', { name: 'Acme' }).first().click();
    await page.getByRole('tab', { name: 'Members' }).click();
    await page.getByLabel('Email').fill('mallory@acme.example');
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    const link = (await page.locator('.secret').textContent())?.trim() ?? '';
    await page.getByText('Pending').waitFor();
    await assertAccessible(page);

    const { page: invited, troubles } = await open();
    await invited.goto(link);
    await invited.getByText('To the workspace “Acme”, as viewer.').waitFor();
    forgive(troubles, 401);
    assert.equal(await invited.getByLabel('Email, to sign in with').inputValue(), 'mallory@acme.example');
    assert.equal(new URL(invited.url()).hash, '', 'the secret does not stay in the address');
    await invited.getByLabel('Your name').fill(name);
    await invited.getByRole('textbox', { name: 'Choose a password' }).fill('a password of mallory');
    await assertAccessible(invited);
    await invited.getByRole('button', { name: 'Make an account and join' }).click();
    await invited.getByRole('heading', { name: 'Acme', level: 1 }).waitFor();

    await page.reload();
    await page.getByRole('table', { name: 'People' }).getByText(name).waitFor();
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.locator('body script').count(), 0);
  });

  it('says on every page, also before signing in, that it is a demo', async () => {
    const { page } = await open();
    await page.goto(`${demo.ready.url}/sign-in`);
    await page.getByRole('complementary', { name: 'Demo' }).waitFor();
    await assertAccessible(page);
  });

  it('sends a stranger to sign in, and then to where they wanted to go, but never to another site', async () => {
    const { page, troubles } = await open();
    await page.goto(`${demo.ready.url}/account`);
    await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
    forgive(troubles, 401);
    await page.getByLabel('Email').fill(await emailOfDemo());
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor();
    await assertAccessible(page);

    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
    assert.equal((await page.request.get(`${demo.ready.url}/api/me`)).status(), 401);

    for (const elsewhere of ['//evil.example/', '/\\evil.example/', 'https://evil.example/', 'javascript:alert(1)']) {
      await page.goto(`${demo.ready.url}/sign-in?next=${encodeURIComponent(elsewhere)}`);
      await page.getByLabel('Email').fill(await emailOfDemo());
      await page.getByRole('textbox', { name: 'Password' }).fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Workspaces', level: 1 }).waitFor();
      assert.equal(page.url(), `${demo.ready.url}/`);
    }
  });

  it('brings people who were asked to sign in first back to connecting', async () => {
    const { page, troubles } = await open();
    await page.goto(`${demo.ready.url}/auth/notion`);
    forgive(troubles, 401);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Email').fill(await emailOfDemo());
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(url => url.origin === demo.ready.emulatorUrl);
  });

  it('works by keyboard, on a narrow screen, in dark colours', async () => {
    const { page } = await signedIn({ viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
    assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'dark');
    await page.reload();
    await page.getByRole('link', { name: 'Acme' }).first().waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.locator(':focus').textContent(), 'Skip to the content');
    await page.getByRole('link', { name: 'Acme' }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Acme', level: 1 }).waitFor();

    for (const tab of [
      'Members',
      'Agents and keys',
      'Permissions',
      'Reviews',
      'Access at Notion',
      'Webhooks',
      'Sinks',
      'Audit log',
    ]) {
      await page.getByRole('tablist', { name: 'Parts of the workspace' }).getByRole('tab', { selected: true }).focus();
      await page.keyboard.press('ArrowRight');
      await page.getByRole('tab', { name: tab, selected: true }).waitFor();
      await page.getByRole('tabpanel').getByRole('heading', { level: 2 }).first().waitFor();
      await assertAccessible(page);
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.equal(overflow, 0, `${tab} is not wider than the screen`);
    }
  });

  it('asks before it disconnects, and then refuses calls', async () => {
    const { page } = await signedIn();
    await page.getByRole('link', { name: 'Acme' }).first().click();
    await page.getByRole('button', { name: 'Disconnect Notion REST API' }).click();
    const question = page.getByRole('dialog', { name: 'Disconnect Acme?' });
    await question.getByRole('button', { name: 'Cancel' }).last().click();
    await question.waitFor({ state: 'hidden' });

    await page.getByRole('button', { name: 'Disconnect Notion REST API' }).click();
    await question.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('status').getByText('Disconnected').waitFor();
    const call = await fetch(`${demo.ready.url}/v1/pages/${demo.ready.pages.public}`, {
      headers: { authorization: `Bearer ${demo.ready.keys.viewer}` },
    });
    assert.equal(call.status, 503);
  });
});
