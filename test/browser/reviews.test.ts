/** The lists of a reviewer of permissions, in the browser. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { chromiumUnavailable, launchChromium } from './chromium.ts';
import { picture } from './look.ts';
import { signInBy } from './sign-in.ts';
import { createVisits, type Visits } from './visits.ts';
import { assertAccessible } from './watched-page.ts';

describe('reviews in the dashboard', { skip: chromiumUnavailable() }, () => {
  let demo: DemoInProcess;
  let browser: Browser;
  let visits: Visits;
  let session: Awaited<ReturnType<typeof signInBy>>;

  before(async () => {
    browser = await launchChromium();
    demo = await startDemoInProcess();
    visits = createVisits(browser, demo);
    session = await signInBy(browser, demo.ready.signInUrl);
    const { url, keys, pages } = demo.ready;
    for (const path of [`pages/${pages.root}`, `blocks/${pages.root}/children`]) {
      const answer = await fetch(`${url}/v1/${path}`, { headers: { authorization: `Bearer ${keys.admin}` } });
      assert.equal(answer.status, 200);
    }
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });
  afterEach(() => visits.end());

  async function reviews(search = ''): Promise<Page> {
    const { page } = await visits.open({ storageState: session });
    await page.goto(`${demo.ready.url}/workspaces/${demo.ready.workspaceId}/reviews${search}`);
    return page;
  }

  async function reachOf(page: Page, name: string) {
    const form = page.getByRole('form', { name: 'By person or agent' });
    const who = form.getByRole('combobox', { name: 'Who' });
    await who.click();
    await who.fill(name);
    await page.getByRole('option', { name }).click();
    await form.getByRole('button', { name: 'Show' }).click();
    await page.getByText(`agent:${name} may do read with`).waitFor();
    return page.getByRole('table', { name: 'Pages', exact: true });
  }

  it('lists what an agent may do, with the grant that decides, and takes it away as a table', async () => {
    const page = await reviews();
    const table = await reachOf(page, 'Scout');
    const row = table.getByRole('row').filter({ hasText: 'Public' });
    assert.match((await row.textContent()) ?? '', /Acme Home.*read, comment\.read.*Demo: Scout reads public pages/);
    assert.equal(await table.getByText('Restricted').count(), 0);
    await assertAccessible(page);
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download as CSV' }).click();
    const download = await downloading;
    assert.equal(download.suggestedFilename(), 'portcullis-reach.csv');
    assert.match(
      await readFile(await download.path(), 'utf8'),
      /^who,action,page.*\r\nagent:Scout,read,Public,Acme Home/,
    );
  });

  it('sorts what it lists', async () => {
    const page = await reviews();
    const table = await reachOf(page, 'demo-editor');
    const titles = () => table.locator('tbody tr td:first-child').allTextContents();
    const heading = table.getByRole('columnheader', { name: 'Page' });
    await heading.getByRole('button').click();
    const upwards = await titles();
    assert.ok(upwards.includes('Acme Home') && upwards.includes('Restricted'));
    await heading.getByRole('button').click();
    assert.equal(await heading.getAttribute('aria-sort'), 'descending');
    assert.deepEqual(await titles(), upwards.toReversed());
  });

  it('lists who may read a page, from the page in the tree', async () => {
    const { page } = await visits.open({ storageState: session });
    await page.goto(`${demo.ready.url}/workspaces/${demo.ready.workspaceId}/permissions`);
    await page.getByRole('button', { name: 'Open Acme Home' }).click();
    await page.getByRole('button', { name: 'Restricted', exact: true }).click();
    await page.getByRole('link', { name: 'Who else may read this page?' }).click();
    await page.getByText(/may do read on “Restricted”/).waitFor();
    const table = page.getByRole('table', { name: 'People and agents' });
    assert.equal(await table.getByText('agent:demo-editor').count(), 1);
    assert.equal(await table.getByText('agent:demo-viewer').count(), 0);
    await assertAccessible(page);
  });

  it('says who may in some calls only, by conditions', async () => {
    const { url, keys, workspaceId, pages } = demo.ready;
    const made = await fetch(`${url}/api/workspaces/${workspaceId}/grants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        effect: 'allow',
        subject: { kind: 'agent', name: 'Scout' },
        actions: ['read'],
        scope: { kind: 'page', id: pages.restricted },
        when: { doors: ['mcp'] },
        reason: 'only by MCP',
      }),
    });
    assert.equal(made.status, 201);
    const page = await reviews(`?page=${pages.restricted}`);
    const row = page.getByRole('table', { name: 'People and agents' }).getByRole('row').filter({ hasText: 'Scout' });
    await row.getByText('some, by conditions').waitFor();
    assert.ok((await page.getByText('every call').count()) > 0);
  });

  it('prints one list alone and as a whole', async () => {
    const page = await reviews(`?page=${demo.ready.pages.public}`);
    await page.getByRole('table', { name: 'People and agents' }).waitFor();
    await page.evaluate('window.print = () => {}');
    await page.getByRole('button', { name: 'Print' }).click();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const table = page.getByRole('table', { name: 'People and agents' });
    await table.getByText('Demo: Scout reads public pages, and nothing else').waitFor();
    await picture(page, 'reviews-print');
    for (const name of ['Show', 'Print', 'Account of Administrator'])
      assert.equal(await page.getByRole('button', { name }).count(), 0, `${name} is not on paper`);
    assert.equal(await page.getByRole('heading', { name: 'By person or agent' }).count(), 0);
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate("window.dispatchEvent(new Event('afterprint'))");
    await page.getByRole('button', { name: 'Print' }).waitFor();
  });
});
