import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page in a browser profile of its own, with a list of everything that went wrong or astray in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of scripts, of the console (violations of the content security policy are among them), and of dialogs. */
  readonly troubles: string[];
  /** Requests to other origins than `origins`. */
  readonly strayRequests: string[];
}

export async function watchedPage(
  browser: Browser,
  origins: readonly string[],
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const troubles: string[] = [];
  const strayRequests: string[] = [];
  page.on('pageerror', error => troubles.push(`error: ${error.message}`));
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(`console: ${message.text()}`);
  });
  page.on('dialog', dialog => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', request => {
    if (!origins.includes(new URL(request.url()).origin)) strayRequests.push(request.url());
  });
  return { page, troubles, strayRequests };
}

/** What assistive technology needs of every view: one first heading, the main landmark, and a name for each control. */
export async function assertAccessible(page: Page): Promise<void> {
  const tree = await page.locator('body').ariaSnapshot();
  const lines = tree.split('\n').map(line => line.trim());
  assert.equal(lines.filter(line => /^- heading .*\[level=1\]/.test(line)).length, 1, `one first heading in\n${tree}`);
  assert.equal(lines.filter(line => /^- main(:|$)/.test(line)).length, 1, `one main landmark in\n${tree}`);
  const controls = /^- (button|link|textbox|combobox|checkbox|tab|table|dialog|columnheader|navigation)(?: \[|:|$)/;
  assert.deepEqual(
    lines.filter(line => controls.test(line)),
    [],
    `a name for every control in\n${tree}`,
  );
  assert.ok(await page.locator('html[lang]').count(), 'the language of the page');
  assert.notEqual(await page.title(), '', 'the title of the window');
}
