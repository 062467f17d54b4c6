/** Permissions by page, as an administrator sets them in the browser. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { chromiumUnavailable, launchChromium } from './chromium.ts';
import { signInBy } from './sign-in.ts';
import { createVisits, type Visits } from './visits.ts';
import { assertAccessible } from './watched-page.ts';

describe('permissions in the dashboard', { skip: chromiumUnavailable() }, () => {
  let demo: DemoInProcess;
  let browser: Browser;
  let visits: Visits;
  let session: Awaited<ReturnType<typeof signInBy>>;

  before(async () => {
    browser = await launchChromium();
    demo = await startDemoInProcess();
    visits = createVisits(browser, demo);
    session = await signInBy(browser, demo.ready.signInUrl);
    for (const path of [`pages/${demo.ready.pages.root}`, `blocks/${demo.ready.pages.root}/children`])
      assert.equal((await asks('admin', path)).status, 200);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });
  afterEach(() => visits.end());

  const asks = (key: keyof DemoInProcess['ready']['keys'] | string, path: string) => {
    const { url, keys } = demo.ready;
    const secret = key in keys ? keys[key as keyof typeof keys] : key;
    return fetch(`${url}/v1/${path}`, { headers: { authorization: `Bearer ${secret}` } });
  };

  async function permissions(): Promise<Page> {
    const { page } = await visits.open({ storageState: session });
    await page.goto(`${demo.ready.url}/workspaces/${demo.ready.workspaceId}/permissions`);
    await page.getByRole('button', { name: 'Open Acme Home' }).click();
    await page.getByRole('button', { name: 'Restricted', exact: true }).waitFor();
    return page;
  }

  async function choosePrincipal(page: Page, name: string): Promise<void> {
    const field = page.getByRole('combobox', { name: 'Access of' });
    await field.click();
    await field.fill(name);
    await page.getByRole('option', { name }).click();
  }

  it('shows what an agent may do on each page, and why', async () => {
    const page = await permissions();
    await choosePrincipal(page, 'demo-viewer');
    const restricted = page.getByRole('treeitem').filter({ hasText: 'a grant denies it' }).last();
    await restricted.waitFor();
    assert.match((await restricted.textContent()) ?? '', /Restricted.*No access/);
    await assertAccessible(page);
  });

  it('shows who loses before a grant is saved, and from then on it holds', async () => {
    assert.equal((await asks('viewer', `pages/${demo.ready.pages.public}`)).status, 200);
    const page = await permissions();
    await choosePrincipal(page, 'demo-viewer');
    await page.getByRole('button', { name: 'Public', exact: true }).click();
    await page.getByLabel('This person or agent').selectOption('may not read here');
    await page.getByLabel('Reason').fill('a test in the browser');
    await page.getByRole('button', { name: 'Who gains, who loses?' }).click();
    await page
      .getByText(/^Loses: agent:demo-viewer: read/)
      .first()
      .waitFor();
    await assertAccessible(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('table', { name: 'Grants' }).getByText('a test in the browser').waitFor();
    assert.equal((await asks('viewer', `pages/${demo.ready.pages.public}`)).status, 404);
  });

  it('makes a key for one page in three clicks', async () => {
    const page = await permissions();
    await page.getByRole('button', { name: 'Restricted', exact: true }).click();
    await page.getByRole('button', { name: 'Make a key for this page only' }).click();
    await page.getByRole('button', { name: 'Make the key' }).click();
    const secret = (await page.getByText(/^pcl_/).first().textContent()) ?? '';
    assert.equal((await asks(secret, `pages/${demo.ready.pages.restricted}`)).status, 200);
    assert.equal((await asks(secret, `pages/${demo.ready.pages.public}`)).status, 404);
    assert.equal((await asks(secret, `pages/${demo.ready.pages.root}`)).status, 404);
    await assertAccessible(page);
  });

  it('tests a decision: who, what and where, with the reason, the path and the grant', async () => {
    const page = await permissions();
    const form = page.getByRole('form', { name: 'Test a decision' });
    const who = form.getByRole('combobox', { name: 'Who' });
    await who.click();
    await who.fill('Scout');
    await page.getByRole('option', { name: 'Scout' }).click();
    await page.getByRole('button', { name: 'Restricted', exact: true }).click();
    await form.getByRole('button', { name: 'Test' }).click();
    await form.getByText('agent:Scout may not do read on “Restricted”.').waitFor();
    await form.getByText('Restricted ‹ Acme Home').waitFor();
    await form.getByLabel('Where').fill(`https://www.notion.so/Public-${demo.ready.pages.public.replaceAll('-', '')}`);
    assert.equal(await form.getByText('may not do').count(), 0, 'an answer stands beside its own question only');
    await form.getByRole('button', { name: 'Test' }).click();
    await form.getByText('agent:Scout may do read on “Public”.').waitFor();
    await form.getByText('Allowed').waitFor();
    await form.getByLabel('What').selectOption({ label: 'pages.update: PATCH /v1/pages/:page_id' });
    await form.getByRole('button', { name: 'Test' }).click();
    await form.getByText('agent:Scout may not do update on “Public”.').waitFor();
    await form.getByText(/the call takes read, delete, manage too/).waitFor();
    await assertAccessible(page);
  });

  it('tests a key for one page before it is made', async () => {
    const page = await permissions();
    await page.getByRole('button', { name: 'Restricted', exact: true }).click();
    await page.getByRole('button', { name: 'Make a key for this page only' }).click();
    const form = page.getByRole('form', { name: 'Test the key' });
    await form.getByRole('button', { name: 'Test' }).click();
    await form.getByText(/may do read on “Restricted”/).waitFor();
    await form.getByLabel('What').selectOption('update');
    await form.getByRole('button', { name: 'Test' }).click();
    await form.getByText('the key is limited to other actions').waitFor();
    await form.getByLabel('What').selectOption('read');
    await form.getByLabel('Where').fill(demo.ready.pages.root);
    await form.getByRole('button', { name: 'Test' }).click();
    await form.getByText('outside the pages that the key is limited to').waitFor();
    await assertAccessible(page);
  });

  it('explains a decision from the log: the path, the grant, and what would change it', async () => {
    assert.equal((await asks('viewer', `pages/${demo.ready.pages.restricted}`)).status, 404);
    const { page } = await visits.open({ storageState: session });
    await page.goto(`${demo.ready.url}/workspaces/${demo.ready.workspaceId}/audit`);
    const denied = page
      .getByRole('row')
      .filter({ hasText: 'demo-viewer' })
      .filter({ hasText: 'a grant denies it' })
      .first();
    await denied.getByRole('button', { name: /^Details of/ }).click();
    await page.getByRole('button', { name: 'Explain the decision' }).click();
    const explanation = page.getByRole('group', { name: 'Explanation' });
    await explanation.getByText('Restricted ‹ Acme Home').waitFor();
    await explanation
      .getByText(/people operations and finance only/)
      .first()
      .waitFor();
    await assertAccessible(page);
  });
});
