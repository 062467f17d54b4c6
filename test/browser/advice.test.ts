/** Advice about a policy, and the draft that is tried beside it, in the browser. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { until } from '../until.ts';
import { chromiumUnavailable, launchChromium } from './chromium.ts';
import { signInBy } from './sign-in.ts';
import { createVisits, forgive, type Visits } from './visits.ts';
import { assertAccessible } from './watched-page.ts';

describe('advice about a policy in the dashboard', { skip: chromiumUnavailable() }, () => {
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
      await call('admin', 'GET', `/v1/${path}`);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });
  afterEach(() => visits.end());

  const call = (key: keyof DemoInProcess['ready']['keys'], method: string, path: string, body?: unknown) =>
    fetch(demo.ready.url + path, {
      method,
      headers: { authorization: `Bearer ${demo.ready.keys[key]}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const ask = (method: string, path: string, body?: unknown) =>
    call('admin', method, `/api/workspaces/${demo.ready.workspaceId}${path}`, body);

  async function permissions() {
    const visit = await visits.open({ storageState: session });
    await visit.page.goto(`${demo.ready.url}/workspaces/${demo.ready.workspaceId}/permissions`);
    await visit.page.getByRole('heading', { name: 'Advice' }).waitFor();
    return visit;
  }

  it('finds grants that do nothing, and takes one back', async () => {
    const made = await ask('POST', '/grants', {
      effect: 'allow',
      subject: { kind: 'agent', name: 'demo-admin' },
      actions: ['read'],
      scope: { kind: 'page', id: demo.ready.pages.public },
      reason: 'of no use',
    });
    assert.equal(made.status, 201);
    const { page } = await permissions();
    await page.getByRole('button', { name: 'Look for what does nothing' }).click();
    const table = page.getByRole('table', { name: 'What does nothing' });
    await table.getByText(/of no use/).waitFor();
    await assertAccessible(page);
    await table.getByRole('button', { name: /^Remove/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Every grant, group, role and check does something.').waitFor();
    assert.equal(await page.getByRole('table', { name: 'Grants' }).getByText('of no use').count(), 0);
  });

  it('proposes smaller rights, with the calls that they would break', async () => {
    const { page } = await permissions();
    await page.getByRole('button', { name: 'Look for unused rights' }).click();
    const table = page.getByRole('table', { name: 'Smaller rights' });
    const ofScout = table.getByRole('row').filter({ hasText: 'Demo: Scout reads public pages' }).first();
    await ofScout.getByRole('button', { name: /^Details of/ }).click();
    await table
      .getByText(/It had a part in 0 calls since .* With the proposal, 0 of them/)
      .first()
      .waitFor();
    await assertAccessible(page);
  });

  it('says that no draft is tried', async () => {
    const { page, troubles } = await permissions();
    await page.getByRole('button', { name: 'Show what the draft would change' }).click();
    await page.getByText(/^No draft is tried/).waitFor();
    forgive(troubles, 404);
  });

  it('shows what a draft would have changed, and makes it the policy', async () => {
    const policy = (await (await ask('GET', '/policy')).json()) as { grants: { to: string }[] };
    const draft = { ...policy, grants: policy.grants.filter(({ to }) => to !== 'agent:demo-viewer') };
    assert.equal((await ask('PUT', '/policy/draft', draft)).status, 200);
    const restricted = `/v1/pages/${demo.ready.pages.restricted}`;
    assert.equal((await call('viewer', 'GET', restricted)).status, 404);
    await until('the call is in the report', async () => {
      const report = (await (await ask('GET', '/policy/draft/report')).json()) as { gained: number };
      return report.gained === 1;
    });
    const { page, troubles } = await permissions();
    await page.getByRole('button', { name: 'Show what the draft would change' }).click();
    await page.getByText(/1 that were denied would have been allowed/).waitFor();
    const row = page.getByRole('table', { name: 'Calls that differ' }).getByRole('row').nth(1);
    assert.match((await row.textContent()) ?? '', /Allowed.*demo-viewer.*pages\.get/);
    await assertAccessible(page);
    await page.getByRole('button', { name: 'Make it the policy that is tried' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make it the policy' }).click();
    await page.getByText('The draft is the policy now').waitFor();
    assert.equal((await call('viewer', 'GET', restricted)).status, 200);
    await page.getByText(/^No draft is tried/).waitFor();
    forgive(troubles, 404);
  });
});
