/** The log of a workspace in a real browser: narrowed, counted by the hour, followed while it grows. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { chromiumUnavailable, launchChromium } from './chromium.ts';
import { signInBy } from './sign-in.ts';
import { createVisits, type Visits } from './visits.ts';
import { assertAccessible } from './watched-page.ts';

describe('the log in the dashboard', { skip: chromiumUnavailable() }, () => {
  let demo: DemoInProcess;
  let browser: Browser;
  let visits: Visits;
  let session: Awaited<ReturnType<typeof signInBy>>;

  before(async () => {
    browser = await launchChromium();
    demo = await startDemoInProcess();
    visits = createVisits(browser, demo);
    session = await signInBy(browser, demo.ready.signInUrl);
    const { pages } = demo.ready;
    for (const id of [pages.root, pages.public]) await call('admin', 'GET', `blocks/${id}/children`);
    await call('viewer', 'GET', `pages/${pages.restricted}`);
    await call('viewer', 'DELETE', `blocks/${pages.public}`);
    for (let round = 0; round < 60; round++) await call('admin', 'GET', `pages/${pages.root}`);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });
  afterEach(() => visits.end());

  async function call(key: keyof DemoInProcess['ready']['keys'], method: string, path: string): Promise<void> {
    const { url, keys } = demo.ready;
    await fetch(`${url}/v1/${path}`, { method, headers: { authorization: `Bearer ${keys[key]}` } });
  }

  async function log(): Promise<Page> {
    const { page } = await visits.open({ storageState: session });
    await page.goto(`${demo.ready.url}/workspaces/${demo.ready.workspaceId}/audit`);
    await page.getByRole('table', { name: 'Audit log' }).getByRole('row').nth(1).waitFor();
    return page;
  }

  const rows = (page: Page) => page.getByRole('table', { name: 'Audit log' }).locator('tbody tr');

  it('goes on to older entries', async () => {
    const page = await log();
    const shown = await rows(page).count();
    await page.getByRole('button', { name: 'Show older entries' }).click();
    await rows(page).nth(shown).waitFor();
    await rows(page).filter({ hasText: 'blocks.delete' }).first().waitFor();
  });

  it('is narrowed by action, reason and what stands below a page', async () => {
    const page = await log();
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByLabel('Action').selectOption('delete');
    await rows(page).filter({ hasText: 'blocks.delete' }).first().waitFor();
    await page.getByRole('img', { name: /^0 allowed, 1 denied, 0 events/ }).waitFor();
    assert.equal(await rows(page).filter({ hasText: 'pages.get' }).count(), 0);
    await page.getByLabel('Action').selectOption('');
    await page.getByLabel('Reason').fill('denied_by_grant');
    await rows(page).filter({ hasText: 'a grant denies it' }).first().waitFor();
    await rows(page).filter({ hasText: 'blocks.delete' }).first().waitFor({ state: 'detached' });
    await page.getByLabel('Reason').fill('');
    await page.getByRole('searchbox', { name: 'Page' }).fill(demo.ready.pages.root);
    await rows(page).filter({ hasText: 'pages.get' }).first().waitFor();
    await page.getByLabel('Decision').selectOption('Denied');
    await page.getByText('No entry matches.').waitFor();
    await page.getByLabel('Also what stands below the page').check();
    await rows(page).filter({ hasText: 'blocks.delete' }).first().waitFor();
    await assertAccessible(page);
  });

  it('is counted by the hour, and an hour is shown alone', async () => {
    const page = await log();
    const figure = page.getByRole('figure', { name: 'Calls and events by the hour' });
    await figure.getByRole('img', { name: /^\d+ allowed, 2 denied, \d+ events in 24 hours$/ }).waitFor();
    await figure.getByRole('button', { name: 'Hours as a table' }).click();
    await figure
      .getByRole('button', { name: /^Show the hour of/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'More filters' }).click();
    assert.match(await page.getByLabel('From').inputValue(), /T\d\d:00(:00)?$/);
    assert.match(await page.getByLabel('To', { exact: true }).inputValue(), /T\d\d:59:59$/);
    await rows(page).filter({ hasText: 'pages.get' }).first().waitFor();
    await assertAccessible(page);
  });

  it('is followed live: what comes stands at the top, and what was narrowed stays narrowed', async () => {
    const page = await log();
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByLabel('Decision').selectOption('Denied');
    await rows(page).nth(2).waitFor({ state: 'detached' });
    const listening = page.waitForResponse(answer => answer.url().includes('/api/audit/tail?'));
    await page.getByRole('switch', { name: 'Live' }).check();
    assert.match((await listening).url(), /effect=deny/);
    await call('admin', 'GET', `pages/${demo.ready.pages.public}`);
    await call('viewer', 'DELETE', `blocks/${demo.ready.pages.root}`);
    await rows(page).nth(2).waitFor();
    assert.match((await rows(page).first().textContent()) ?? '', /blocks\.delete/);
    assert.equal(await rows(page).filter({ hasText: 'pages.get' }).filter({ hasText: 'demo-admin' }).count(), 0);
    await page.getByRole('switch', { name: 'Live' }).uncheck();
    await rows(page).nth(2).waitFor();
  });
});
