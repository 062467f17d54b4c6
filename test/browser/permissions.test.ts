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
    const explanation = page.getByRole('region', { name: 'Explanation' });
    await explanation.getByText('Restricted ‹ Acme Home').waitFor();
    await explanation
      .getByText(/people operations and finance only/)
      .first()
      .waitFor();
    await assertAccessible(page);
  });
});
