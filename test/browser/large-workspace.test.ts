/** A workspace with 200 members, and the log of what an agent did: found, changed and read by three new users. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { chromiumUnavailable, launchChromium } from './chromium.ts';
import { picture } from './look.ts';
import { signInBy } from './sign-in.ts';
import { createVisits, forgive, type Visits } from './visits.ts';

const people = 200;
const version = { 'notion-version': '2026-03-11', 'content-type': 'application/json' };

describe('a large workspace in the dashboard', { skip: chromiumUnavailable() }, () => {
  let demo: DemoInProcess;
  let browser: Browser;
  let visits: Visits;
  let session: Awaited<ReturnType<typeof signInBy>>;

  before(async () => {
    // One after the other: a browser whose demo did not start would be left behind.
    browser = await launchChromium();
    demo = await startDemoInProcess();
    visits = createVisits(browser, demo);
    session = await signInBy(browser, demo.ready.signInUrl);
    for (let at = 0; at < people; at++) await addAgent(`Agent ${String(at).padStart(3, '0')}`);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });
  afterEach(() => visits.end());

  /** As the page would. */
  function post(path: string, body: object): Promise<Response> {
    const cookie = session.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const { url, workspaceId } = demo.ready;
    return fetch(`${url}/api/workspaces/${workspaceId}/${path}`, {
      method: 'POST',
      headers: { cookie, origin: url, 'x-portcullis': '1', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async function addAgent(name: string): Promise<void> {
    assert.equal((await post('agents', { name, role: 'viewer' })).status, 201);
  }

  async function opened(tab: string, options: BrowserContextOptions = {}): Promise<{ page: Page; troubles: string[] }> {
    const opened = await visits.open({ ...options, storageState: session });
    await opened.page.goto(`${demo.ready.url}/workspaces/${demo.ready.workspaceId}/${tab}`);
    return opened;
  }

  const focused = (page: Page) => page.evaluate('document.activeElement?.getAttribute("aria-label") ?? ""');

  it('E7: finds one of 200 by typing, sorts and turns pages, and keeps the form above the list', async () => {
    const { page } = await opened('agents');
    const table = page.getByRole('table', { name: 'Agents' });
    const row = (name: string) => table.getByRole('row').filter({ hasText: name });
    await page.getByText('1 to 25 of 204').waitFor();
    await row('Agent 000').waitFor();
    const form = await page.getByLabel('Name of the agent').boundingBox();
    assert.ok((form?.y ?? 0) < ((await table.boundingBox())?.y ?? 0), 'the form stands above the list');

    await page.getByRole('navigation', { name: 'Pages of agents' }).getByRole('button', { name: 'Next' }).click();
    await page.getByText('26 to 50 of 204').waitFor();
    await row('Agent 030').waitFor();
    await table.getByRole('button', { name: 'Name' }).click();
    await page.getByText('1 to 25 of 204').waitFor();
    await row('demo-viewer').waitFor();
    await page.getByLabel('Search agents').fill('agent 17');
    await page.getByText('10 in all').waitFor();
    await row('Agent 177').waitFor();
    await picture(page, 'large-agents-desktop-light');
    await page.getByLabel('Search agents').fill('nobody of this name');
    await page.getByText('Nothing matches.').waitFor();
  });

  it('E7: takes a few presses of a key to reach any button in the list', async () => {
    const { page } = await opened('agents');
    await page.getByRole('table', { name: 'Agents' }).getByText('Agent 003').waitFor();
    await page.getByLabel('Search agents').focus();
    let presses = 0;
    for (; presses < 10 && !/^Suspend /.test(String(await focused(page))); presses++) await page.keyboard.press('Tab');
    assert.ok(presses < 10, 'the list is near');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(page), 'Change role of Agent 001');
    await page.keyboard.press('End');
    assert.equal(await focused(page), 'Change role of Agent 024');
    await page.keyboard.press('Tab');
    assert.ok(!/Agent \d/.test(String(await focused(page))), 'and one press leads out of it');
  });

  it('E6: gives no role by the arrow keys, and makes nobody an admin without asking', async () => {
    const { page } = await opened('agents');
    const row = page.getByRole('row').filter({ hasText: 'Agent 005' });
    await row.getByRole('button', { name: 'Change role of Agent 005' }).click();
    const dialog = page.getByRole('dialog', { name: 'Role of Agent 005' });
    await dialog.getByRole('radio', { name: 'viewer' }).focus();
    for (let at = 0; at < 3; at++) await page.keyboard.press('ArrowUp');
    await picture(page, 'role-dialog-desktop-light');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await row.getByRole('cell', { name: 'viewer', exact: true }).waitFor();

    await row.getByRole('button', { name: 'Change role of Agent 005' }).click();
    await dialog.getByRole('radio', { name: 'admin' }).check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    const question = page.getByRole('dialog', { name: 'Make Agent 005 an admin?' });
    await picture(page, 'admin-question-desktop-light');
    await question.getByRole('button', { name: 'Cancel' }).last().click();
    await question.waitFor({ state: 'hidden' });
    await row.getByRole('cell', { name: 'viewer', exact: true }).waitFor();

    await dialog.getByRole('button', { name: 'Save' }).click();
    await question.getByRole('button', { name: 'Make admin' }).click();
    await row.getByRole('cell', { name: 'admin', exact: true }).waitFor();
  });

  it('E6: asks before somebody is added as an admin', async () => {
    const { page } = await opened('members');
    await page.getByLabel('Email').fill('boss@acme.example');
    await page.getByRole('combobox', { name: 'Role' }).selectOption('admin');
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    const question = page.getByRole('dialog', { name: 'Make boss@acme.example an admin?' });
    await question.getByRole('button', { name: 'Cancel' }).last().click();
    await question.waitFor({ state: 'hidden' });
    assert.equal(await page.getByRole('table', { name: 'People' }).getByText('boss@acme.example').count(), 0);
  });

  it('E5: gives a key with instructions, and sees its first call arrive', async () => {
    const { page } = await opened('agents');
    await page.getByLabel('Name of the key').fill('for the nightly job');
    await page.getByRole('combobox', { name: 'Acts as' }).click();
    await page.getByRole('combobox', { name: 'Acts as' }).fill('agent 142');
    await page.getByRole('option', { name: 'Agent 142' }).click();
    await page.getByRole('button', { name: 'Create key' }).click();
    const box = page.getByRole('group', { name: 'Key for for the nightly job' });
    const key = (await box.locator('.secret').textContent())?.trim() ?? '';
    await page.getByRole('switch', { name: /^In the form of Notion's own tokens/ }).check();
    await box.getByText(`ntn_${key}`).waitFor();
    const snippet = (name: string) => page.getByRole('region', { name: `Snippet: ${name}` }).textContent();
    assert.equal(await snippet('base address'), demo.ready.url);
    assert.equal(await page.getByText('takes the key with ntn_ before it').count(), 1);
    assert.match((await snippet('TypeScript')) ?? '', new RegExp(`baseUrl: '${demo.ready.url}'`));
    await page.getByRole('tab', { name: 'Python' }).click();
    assert.match((await snippet('Python')) ?? '', new RegExp(`base_url="${demo.ready.url}"`));
    await page.getByRole('tab', { name: 'curl' }).click();
    const curl = (await snippet('curl')) ?? '';
    assert.ok(!curl.includes(key), 'the key itself belongs in the environment');
    await page.getByText('Waiting for the first call with this key.').waitFor();
    await picture(page, 'key-instructions-desktop-light');

    // What the snippet says, word for word.
    const [, address = ''] = /^curl (\S+)/.exec(curl) ?? [];
    const headers = Object.fromEntries(
      [...curl.matchAll(/-H "([^:]+): ([^"]+)"/g)].map(([, name, value]) => [name, value]),
    );
    const body = /-d '([^']+)'/.exec(curl)?.[1] ?? '';
    const auth = { Authorization: String(headers.Authorization).replace('$PORTCULLIS_KEY', key) };
    const answer = await fetch(address, { method: 'POST', headers: { ...headers, ...auth } as never, body });
    assert.equal(answer.status, 200);
    const first = page.getByRole('status', { name: 'First call' });
    await first.getByText('The first call came').waitFor();
    await first.getByText('answered with 200').waitFor();
  });

  it('E3: answers what the agent did: by name and title, narrowed, and as a file', async () => {
    const { url, keys, pages } = demo.ready;
    const as = (key: string) => ({ headers: { ...version, authorization: `Bearer ${key}` } });
    await fetch(`${url}/v1/pages/${pages.public}`, as(keys.viewer));
    await fetch(`${url}/v1/pages/${pages.unshared}`, as(keys.viewer));
    const refused = { ...as(keys.viewer), method: 'PATCH', body: '{"in_trash":true}' };
    // A grant of the demo hides the page from the viewer, so it does not exist for them.
    assert.equal((await fetch(`${url}/v1/pages/${pages.restricted}`, refused)).status, 404);

    const { page } = await opened('audit');
    const log = page.getByRole('table', { name: 'Audit log' });
    await log.getByText('page “Public”').first().waitFor();
    assert.equal(await log.getByText('members.list').count(), 0, 'what the page reads is folded away');
    await page
      .getByLabel('Page', { exact: true })
      .fill(`https://www.notion.so/acme/Plans-${pages.restricted.replaceAll('-', '')}`);
    // Portcullis itself looked where the page stands; this is about the agent.
    await page.getByLabel('Search the log').fill('demo-viewer');
    const denial = log.getByRole('row').filter({ hasText: 'pages.update' });
    await denial.getByText('Denied', { exact: true }).waitFor();
    await denial.getByText('demo-viewer', { exact: true }).waitFor();
    await log.getByText('pages.get').first().waitFor({ state: 'detached' });

    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export as CSV' }).click(),
    ]);
    const table = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
    assert.equal(table.length, 2);
    assert.match(table[1] ?? '', /,deny,notion,pages\.update,demo-viewer,/);

    await page.getByLabel('Page', { exact: true }).fill('');
    await page.getByLabel('Search the log').fill('demo-view');
    await page.getByLabel('Changes in Portcullis').uncheck();
    await log.getByText('key.created').first().waitFor({ state: 'detached' });
    await log.getByText('pages.get').first().waitFor();
    await picture(page, 'log-of-the-agent-desktop-light');
    await page.getByLabel('What the dashboard reads for its pages').check();
    await page.getByLabel('Search the log').fill('');
    await log.getByText('members.list').first().waitFor();
  });

  it('E3: tells an administrator of the deployment of refused keys and sign-ins', async () => {
    await fetch(`${demo.ready.url}/v1/users/me`, { headers: { ...version, authorization: 'Bearer pcl_unknown' } });
    const { page } = await opened('audit');
    await page.getByRole('link', { name: 'Portcullis: all workspaces' }).click();
    await page.getByRole('link', { name: 'Log of the deployment' }).click();
    const log = page.getByRole('table', { name: 'Audit log' });
    await log.getByText('call.unidentified').first().waitFor();
    // What the page itself reads every few seconds would push all of it out of sight.
    assert.equal(await log.getByText('me.get').count(), 0);
    await page.getByLabel('What the dashboard reads for its pages').check();
    await log.getByText('me.get').first().waitFor();
    await page.getByLabel('Search the log').fill('session.started');
    await log.getByText('call.unidentified').first().waitFor({ state: 'detached' });
    await log
      .getByRole('row')
      .filter({ hasText: 'session.started' })
      .getByRole('cell', { name: 'Administrator' })
      .first()
      .waitFor();
  });

  it('E4: says of each connection how it is, and that calls are refused where nothing serves them', async () => {
    const { page, troubles } = await opened('overview');
    await page.getByRole('button', { name: 'Disconnect Notion REST API' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
    await page.getByText('Your calls to Notion are refused').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Connect by Notion MCP' }).count(), 0);
    await page.getByRole('link', { name: 'Portcullis: all workspaces' }).click();
    const card = page.getByRole('listitem').filter({ hasText: 'Acme' });
    await card.getByText('Your calls to Notion are refused').waitFor();
    assert.equal(await card.getByText('Connected', { exact: true }).count(), 0);
    await picture(page, 'nothing-serves-desktop-light');
    const call = await fetch(`${demo.ready.url}/v1/users/me`, {
      headers: { ...version, authorization: `Bearer ${demo.ready.keys.viewer}` },
    });
    assert.equal(call.status, 503);
    forgive(troubles, 404);
  });
});
