/** An entry of the log and its proof, checked in a real browser. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { portcullisHere } from '../cli/run.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { chromiumUnavailable, launchChromium } from './chromium.ts';
import { signInBy } from './sign-in.ts';
import { createVisits, type Visits } from './visits.ts';
import { assertAccessible } from './watched-page.ts';

describe('the proof of an entry in the dashboard', { skip: chromiumUnavailable() }, () => {
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
    for (const key of [keys.admin, keys.viewer])
      await fetch(`${url}/v1/pages/${pages.restricted}`, { headers: { authorization: `Bearer ${key}` } });
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });
  afterEach(() => visits.end());

  async function open(page: Page): Promise<Locator> {
    await page.goto(`${demo.ready.url}/workspaces/${demo.ready.workspaceId}/audit`);
    const row = page.getByRole('row').filter({ hasText: 'pages.get' }).filter({ hasText: 'demo-admin' }).first();
    await row.getByRole('button', { name: /^Details of/ }).click();
    await page.getByRole('button', { name: 'Check that the log has it' }).click();
    return page.getByRole('group', { name: 'Proof' });
  }

  it('is checked by the browser: the decision of a call, and how it ended', async () => {
    const { page } = await visits.open({ storageState: session });
    const proof = await open(page);
    await proof.getByText('How it ended').waitFor();
    await proof
      .getByText(/^The root is signed for the log/)
      .nth(1)
      .waitFor();
    assert.equal(await proof.getByText('Holds.').count(), 6);
    assert.equal(await proof.getByText('Does not hold.').count(), 0);
    assert.equal(await proof.getByText('Not checked.').count(), 2, 'nobody vouched for the key');
    await assertAccessible(page);
  });

  it('holds in all with a key that the reader keeps, and not with another', async () => {
    const { page } = await visits.open({ storageState: session });
    const proof = await open(page);
    const text =
      (await proof
        .getByText(/It came from this server: /)
        .first()
        .textContent()) ?? '';
    const key = /server: (\S+)\. Compare/.exec(text)?.[1] ?? '';
    await proof.getByRole('button', { name: 'A key that you keep' }).click();
    await proof.getByLabel('Key of the log').fill(key);
    await proof.getByText('It is the one that you keep.').nth(1).waitFor();
    assert.equal(await proof.getByText('Holds.').count(), 8);
    await proof.getByLabel('Key of the log').press('ArrowLeft');
    assert.equal(await page.evaluate('document.activeElement?.placeholder'), 'NAME+ID+KEY', 'it keeps the focus');
    await proof.getByLabel('Key of the log').fill(`${key.slice(0, -2)}A=`);
    await proof
      .getByText(/^It is not the one that you keep/)
      .first()
      .waitFor();
  });

  it('does not hold where the server sends something else than what it signed', async () => {
    const { page } = await visits.open({ storageState: session });
    await page.route('**/api/audit/proof?*', async route => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replace('"pages.get"', '"pages.put"') });
    });
    const proof = await open(page);
    await proof.getByText('What stands above is not what was logged: operation.').waitFor();
    await proof
      .getByText(/^Its hash does not lead to the root/)
      .first()
      .waitFor();
  });

  it('is taken away, and checked by the command line', async () => {
    const { page } = await visits.open({ storageState: session });
    const proof = await open(page);
    const downloading = page.waitForEvent('download');
    await proof
      .getByRole('link', { name: /^Take this proof away/ })
      .first()
      .click();
    const directory = await mkdtemp(join(tmpdir(), 'portcullis-proof-'));
    try {
      const file = join(directory, 'proof');
      await writeFile(file, await readFile(await (await downloading).path()));
      const { code, out } = await portcullisHere(['audit', 'verify', file]);
      assert.equal(code, 0, out);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
