/** Sinks of a workspace's log in the browser: made, tested, watched, and what they refused. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { startSinkReceiver, taken } from '../sinks/receiver.ts';
import { chromiumUnavailable, launchChromium } from './chromium.ts';
import { signInBy } from './sign-in.ts';
import { createVisits, type Visits } from './visits.ts';
import { assertAccessible } from './watched-page.ts';

describe('sinks in the dashboard', { skip: chromiumUnavailable() }, () => {
  let demo: DemoInProcess;
  let browser: Browser;
  let visits: Visits;
  let session: Awaited<ReturnType<typeof signInBy>>;
  let receiver: Awaited<ReturnType<typeof startSinkReceiver>>;
  let secret = '';

  before(async () => {
    browser = await launchChromium();
    demo = await startDemoInProcess();
    receiver = await startSinkReceiver(() => secret);
    visits = createVisits(browser, demo);
    session = await signInBy(browser, demo.ready.signInUrl);
  });
  after(async () => {
    await browser?.close();
    await receiver?.close();
    await demo?.stop();
  });
  afterEach(() => visits.end());

  async function sinks() {
    const { page } = await visits.open({ storageState: session });
    await page.goto(`${demo.ready.url}/workspaces/${demo.ready.workspaceId}/sinks`);
    await page.getByRole('heading', { name: 'Sinks' }).waitFor();
    return page;
  }

  it('are made with a secret that is shown once, and tested', async () => {
    const page = await sinks();
    await page.getByText('The log is sent nowhere.').waitFor();
    const form = page.getByRole('form', { name: 'Make a sink' });
    await form.getByLabel('Name of the sink').fill('siem');
    await form.getByLabel('Address').fill(receiver.url);
    await form.getByRole('button', { name: 'Make the sink' }).click();
    secret = (await page.getByText(/^whsec_/).textContent()) ?? '';
    await assertAccessible(page);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    const card = page.getByRole('article', { name: 'Sink siem' });
    await card.getByText('Active').waitFor();
    await card.getByText(receiver.url).waitFor();
    await page.getByRole('button', { name: 'Test siem' }).click();
    await page.getByText('siem accepted an entry that says nothing').waitFor();
    assert.ok(receiver.batches.some(({ isSigned, entries }) => isSigned && entries[0]?.index === -1));
  });

  it('show what their receiver refused, and send it again', async () => {
    receiver.behaviour.answer = ({ entries }, response) => {
      const refused = entries.some(({ entry }) => entry.operation === 'agent.created');
      if (refused) response.writeHead(422).end();
      else taken(response);
    };
    const made = await fetch(`${demo.ready.url}/api/workspaces/${demo.ready.workspaceId}/agents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${demo.ready.keys.admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'unwelcome', role: 'guest' }),
    });
    assert.equal(made.status, 201);
    const page = await sinks();
    const card = page.getByRole('article', { name: 'Sink siem' });
    await card.getByRole('button', { name: 'Refused entries of siem: 1' }).click();
    const letters = page.getByRole('table', { name: 'Entries that siem refused' });
    await letters.getByText('status 422').waitFor();
    await assertAccessible(page);
    receiver.behaviour.answer = (_, response) => taken(response);
    await card.getByRole('button', { name: 'Send all of them again' }).click();
    await page.getByText('Sent to siem again: 1').waitFor();
    await card.getByRole('button', { name: 'Refused entries of siem: 1' }).waitFor({ state: 'detached' });
    assert.ok(receiver.operations().includes('agent.created'));
  });

  it('are paused, resumed and removed', async () => {
    const page = await sinks();
    const card = page.getByRole('article', { name: 'Sink siem' });
    await card.getByRole('button', { name: 'Pause siem' }).click();
    await card.getByText('Paused').waitFor();
    await card.getByRole('button', { name: 'Resume siem' }).click();
    await card.getByText('Active').waitFor();
    await card.getByRole('button', { name: 'Remove siem' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('The log is sent nowhere.').waitFor();
  });
});
