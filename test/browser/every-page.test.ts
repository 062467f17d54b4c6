/** Every page of the dashboard, at a desk and on a phone, by day and by night: legible, and usable by keyboard. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { chromiumUnavailable, launchChromium } from './chromium.ts';
import { findingsOf, looks, overflowOf, picture, ringlessOf } from './look.ts';
import { signInBy } from './sign-in.ts';
import { createVisits, forgive, type Visits } from './visits.ts';

interface View {
  readonly name: string;
  readonly path: string;
  /** The heading that says that the page is there. */
  readonly heading: string;
  /** It is seen by a person who has not signed in. */
  readonly stranger?: true;
  /** What else is to be seen on it. */
  readonly prepare?: (page: Page) => Promise<void>;
}

describe('every page of the dashboard', { skip: chromiumUnavailable() }, () => {
  let demo: DemoInProcess;
  let browser: Browser;
  let visits: Visits;
  let invitation: URL;
  let session: Awaited<ReturnType<typeof signInBy>>;

  before(async () => {
    // One after the other: a browser whose demo did not start would be left behind.
    browser = await launchChromium();
    demo = await startDemoInProcess();
    visits = createVisits(browser, demo);
    session = await signInBy(browser, demo.ready.signInUrl);
    const { url, keys, pages } = demo.ready;
    await fetch(`${url}/v1/pages/${pages.public}`, { headers: { authorization: `Bearer ${keys.viewer}` } });
    await fetch(`${url}/v1/blocks/${pages.public}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${keys.viewer}` },
    });
    await fetch(`${url}/v1/pages/${pages.public}`, { headers: { authorization: 'Bearer pcl_unknown' } });
    const asAdmin = { headers: { authorization: `Bearer ${keys.admin}` } };
    for (const id of [pages.root, pages.public]) await fetch(`${url}/v1/blocks/${id}/children`, asAdmin);
    await fetch(`${url}/v1/pages/${pages.root}`, asAdmin);
    const invited = await fetch(`${url}/api/workspaces/${demo.ready.workspaceId}/invitations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'somebody.with.a.long.name@department.acme.example', role: 'viewer' }),
    });
    await fetch(`${url}/api/workspaces/${demo.ready.workspaceId}/sinks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'syslog', name: 'of the test', settings: { host: 'siem.acme.example' } }),
    });
    const answer = (await invited.json()) as { acceptUrl: string };
    invitation = new URL(answer.acceptUrl);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });
  afterEach(() => visits.end());

  const inWorkspace = (tab: string) => `/workspaces/${demo.ready.workspaceId}/${tab}`;

  function views(): View[] {
    return [
      { name: 'sign-in', path: '/sign-in', heading: 'Sign in' },
      { name: 'sign-in-stranger', path: '/sign-in', heading: 'Sign in', stranger: true },
      { name: 'invitation', path: pathOf(invitation), heading: 'You are invited' },
      { name: 'invitation-stranger', path: pathOf(invitation), heading: 'You are invited', stranger: true },
      { name: 'workspaces', path: '/', heading: 'Workspaces' },
      { name: 'overview', path: inWorkspace('overview'), heading: 'Connections to Notion' },
      { name: 'members', path: inWorkspace('members'), heading: 'People' },
      { name: 'agents', path: inWorkspace('agents'), heading: 'API keys', prepare: openKeyForm },
      { name: 'permissions', path: inWorkspace('permissions'), heading: 'Pages', prepare: openTree },
      { name: 'reviews', path: inWorkspace('reviews'), heading: 'By page', prepare: openReviews },
      { name: 'access', path: inWorkspace('access'), heading: 'Access at Notion' },
      { name: 'webhooks', path: inWorkspace('webhooks'), heading: 'Hearing from Notion' },
      { name: 'sinks', path: inWorkspace('sinks'), heading: 'Sinks', prepare: openSink },
      { name: 'audit', path: inWorkspace('audit'), heading: 'Audit log', prepare: openLog },
      { name: 'deployment-log', path: '/deployment/log', heading: 'Log of the deployment', prepare: waitForRows },
      { name: 'deployment-webhooks', path: '/deployment/webhooks', heading: 'Webhooks of all workspaces' },
      { name: 'account', path: '/account', heading: 'Sessions' },
      { name: 'not-found', path: '/nowhere', heading: 'There is no such page' },
      { name: 'remove', path: inWorkspace('members'), heading: 'People', prepare: openQuestion },
      { name: 'role', path: inWorkspace('members'), heading: 'People', prepare: openRole },
    ];
  }

  const pathOf = ({ pathname, hash }: URL) => `${pathname}${hash}`;

  async function openKeyForm(page: Page): Promise<void> {
    await page.getByLabel('Limit the key to some actions').check();
  }

  async function openTree(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Look for what does nothing' }).click();
    await page.getByRole('button', { name: 'Look for unused rights' }).click();
    await page.getByRole('table', { name: 'Smaller rights' }).waitFor();
    await page.getByRole('button', { name: 'Open Acme Home' }).click();
    await page.getByRole('button', { name: 'Public', exact: true }).click();
    await page.getByRole('button', { name: 'Make a key for this page only' }).click();
    for (const name of ['Test the key', 'Test a decision']) {
      const form = page.getByRole('form', { name });
      await form.getByLabel('What').selectOption('update');
      await form.getByRole('button', { name: 'Test' }).click();
      await form.getByText('Because').waitFor();
    }
  }

  async function openReviews(page: Page): Promise<void> {
    for (const name of ['By person or agent', 'By page'])
      await page.getByRole('form', { name }).getByRole('button', { name: 'Show' }).click();
    for (const name of ['Pages', 'People and agents']) await page.getByRole('table', { name, exact: true }).waitFor();
  }

  async function openSink(page: Page): Promise<void> {
    await page.getByRole('article', { name: 'Sink of the test' }).waitFor();
    await page.getByLabel('Kind').selectOption('syslog');
  }

  async function waitForRows(page: Page): Promise<void> {
    await page.getByRole('table', { name: 'Audit log' }).getByRole('row').nth(1).waitFor();
  }

  async function openLog(page: Page): Promise<void> {
    await waitForRows(page);
    await page.getByText('page “Public”').first().waitFor();
    await page.getByRole('button', { name: 'Hours as a table' }).click();
    await page
      .getByRole('button', { name: /^Details of/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Check that the log has it' }).click();
    await page.getByText('The key', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'A key that you keep' }).click();
    await page.getByRole('button', { name: 'More filters' }).click();
  }

  async function openQuestion(page: Page): Promise<void> {
    await page
      .getByRole('button', { name: /^Remove / })
      .first()
      .click();
    await page.getByRole('dialog').waitFor();
  }

  async function openRole(page: Page): Promise<void> {
    await page
      .getByRole('button', { name: /^Change role of / })
      .first()
      .click();
    await page.getByRole('dialog').waitFor();
  }

  async function go(page: Page, { path, heading, prepare }: View): Promise<void> {
    await page.goto(`${demo.ready.url}${path}`);
    await page.getByRole('heading', { name: heading }).first().waitFor();
    await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
    await prepare?.(page);
  }

  for (const look of looks) {
    it(`E8: has enough contrast, names for everything and a ring around what has the focus: ${look.name}`, async () => {
      const problems: string[] = [];
      const { viewport, colorScheme } = look;
      const { page: own } = await visits.open({ viewport, colorScheme, storageState: session });
      const { page: strange, troubles } = await visits.open({ viewport, colorScheme });
      for (const view of views()) {
        const page = view.stranger ? strange : own;
        await go(page, view);
        await picture(page, `${view.name}-${look.name}`);
        const found = [...(await findingsOf(page)), ...(await overflowOf(page)), ...(await ringlessOf(page))];
        problems.push(...found.map(problem => `${view.name}: ${problem}`));
      }
      forgive(troubles, 401);
      assert.deepEqual(problems, []);
    });
  }
});
